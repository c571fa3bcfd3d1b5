// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/hyperv_leaves.h"

namespace engine::kvm {

namespace {

enum Leaf : std::uint32_t {
    VendorAndMaximum = 0x40000000,
    Interface = 0x40000001,
    SystemIdentity = 0x40000002,
    Features = 0x40000003,
    Recommendations = 0x40000004,
    Limits = 0x40000005,
    LastLeaf = 0x4000000A,
};

constexpr std::uint32_t MicrosoftVendor[] = {0x7263694D, 0x666F736F, 0x76482074}; // "Microsoft Hv"
constexpr std::uint32_t InterfaceSignature = 0x31237648;                          // "Hv#1"
constexpr std::uint32_t ReportedBuild = 14393;
constexpr std::uint32_t ReportedVersion = 10U << 16; // 10.0

constexpr std::uint32_t bit(unsigned number)
{
    return std::uint32_t{1} << number;
}

// Features, EAX: partition privileges.
constexpr std::uint32_t VpRuntime = bit(0);
constexpr std::uint32_t ReferenceCounter = bit(1);
constexpr std::uint32_t SyntheticInterrupts = bit(2); // SynIC
constexpr std::uint32_t SyntheticTimers = bit(3);
constexpr std::uint32_t ApicRegisters = bit(4);
constexpr std::uint32_t HypercallRegisters = bit(5);
constexpr std::uint32_t VpIndex = bit(6);
constexpr std::uint32_t ReferenceTsc = bit(9);
constexpr std::uint32_t FrequencyRegisters = bit(11);
// Features, EDX.
constexpr std::uint32_t DynamicPartitioning = bit(3);
constexpr std::uint32_t FastHypercallXmm = bit(4);
constexpr std::uint32_t FrequenciesAvailable = bit(8);
constexpr std::uint32_t DirectTimers = bit(19);
// Recommendations, EAX.
constexpr std::uint32_t LocalFlush = bit(1);
constexpr std::uint32_t RemoteFlush = bit(2);
constexpr std::uint32_t ApicByRegister = bit(3);
constexpr std::uint32_t RelaxedTiming = bit(5);
constexpr std::uint32_t NoAutoEoi = bit(9);
constexpr std::uint32_t ClusterIpi = bit(10);
constexpr std::uint32_t ProcessorSets = bit(11);

constexpr std::uint32_t SpinRetries = 0xFFF;
constexpr unsigned ProcessorsPerMask = 64;

std::uint32_t wantedPrivileges(const KvmCaps& caps)
{
    std::uint32_t wanted =
        VpRuntime | ReferenceCounter | ApicRegisters | HypercallRegisters | ReferenceTsc | FrequencyRegisters;
    if (caps.hypervVpIndex != 0)
        wanted |= VpIndex;
    if (caps.hypervSynic2 != 0 && caps.hypervVpIndex != 0)
        wanted |= SyntheticInterrupts | SyntheticTimers;
    return wanted;
}

std::uint32_t wantedRecommendations(const KvmCaps& caps, unsigned vcpuCount)
{
    std::uint32_t wanted = ApicByRegister | RelaxedTiming | NoAutoEoi;
    if (caps.hypervTlbFlush != 0)
        wanted |= LocalFlush | RemoteFlush;
    if (caps.hypervSendIpi != 0)
        wanted |= ClusterIpi;
    if (vcpuCount > ProcessorsPerMask)
        wanted |= ProcessorSets;
    return wanted;
}

} // namespace

bool canOfferHyperV(const CpuidTable& supported, const KvmCaps& caps)
{
    // Windows uses nothing at all without these two.
    constexpr std::uint32_t Essential = HypercallRegisters | VpIndex;
    const CpuidEntry* features = supported.find(Features);
    return caps.hyperv != 0 && caps.hypervVpIndex != 0 && features
           && (features->eax & Essential) == Essential;
}

std::vector<CpuidEntry> buildHyperVLeaves(const CpuidTable& supported, const KvmCaps& caps,
                                          unsigned vcpuCount)
{
    const CpuidEntry none{};
    const CpuidEntry* features = supported.find(Features);
    const CpuidEntry* recommendations = supported.find(Recommendations);
    const CpuidEntry& hostFeatures = features ? *features : none;
    const CpuidEntry& hostRecommendations = recommendations ? *recommendations : none;
    constexpr std::uint32_t WantedExtras =
        DynamicPartitioning | FastHypercallXmm | FrequenciesAvailable | DirectTimers;

    std::vector<CpuidEntry> leaves{
        {.function = VendorAndMaximum,
         .eax = LastLeaf,
         .ebx = MicrosoftVendor[0],
         .ecx = MicrosoftVendor[1],
         .edx = MicrosoftVendor[2]},
        {.function = Interface, .eax = InterfaceSignature},
        {.function = SystemIdentity, .eax = ReportedBuild, .ebx = ReportedVersion},
        {.function = Features,
         .eax = wantedPrivileges(caps) & hostFeatures.eax,
         .edx = WantedExtras & hostFeatures.edx},
        {.function = Recommendations,
         .eax = wantedRecommendations(caps, vcpuCount) & hostRecommendations.eax,
         .ebx = SpinRetries},
        {.function = Limits, .eax = vcpuCount, .ebx = vcpuCount},
    };
    for (std::uint32_t leaf = Limits + 1; leaf <= LastLeaf; ++leaf)
        leaves.push_back({.function = leaf});
    return leaves;
}

bool usesSyntheticInterrupts(const CpuidTable& table)
{
    const CpuidEntry* interface = table.find(Interface);
    const CpuidEntry* features = table.find(Features);
    return interface && interface->eax == InterfaceSignature && features
           && (features->eax & SyntheticInterrupts) != 0;
}

} // namespace engine::kvm
