// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/cpu_profile.h"

#include "kvm/hyperv_leaves.h"

#include <cpuid.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace engine::kvm {

namespace {

// Leaf and bit names from the Intel SDM volume 2 (CPUID), the AMD APM volume 3 (appendix E) and, for
// 4000_00xxh, Documentation/virt/kvm/x86/cpuid.rst.
enum Leaf : std::uint32_t {
    Vendor = 0x0,
    Features = 0x1,
    CacheParameters = 0x4,
    StructuredFeatures = 0x7,
    PerformanceMonitoring = 0xA,
    ExtendedTopology = 0xB,
    SecureEnclaves = 0x12,
    ProcessorTrace = 0x14,
    ExtendedTopologyV2 = 0x1F,
    KvmSignature = 0x40000000,
    KvmFeatures = 0x40000001,
    HypervisorLast = 0x4FFFFFFF,
    MovedKvmSignature = 0x40000100,
    ExtendedMaximum = 0x80000000,
    ExtendedFeatures = 0x80000001,
    FirstBrand = 0x80000002,
    LastBrand = 0x80000004,
    AddressSizes = 0x80000008,
    AmdCacheParameters = 0x8000001D,
    AmdTopology = 0x8000001E,
};

constexpr std::uint32_t bit(unsigned number)
{
    return std::uint32_t{1} << number;
}

// Leaf 1, ECX and EDX.
constexpr std::uint32_t Vmx = bit(5);
constexpr std::uint32_t Pdcm = bit(15);
constexpr std::uint32_t TscDeadline = bit(24);
constexpr std::uint32_t OsXsave = bit(27);
constexpr std::uint32_t Hypervisor = bit(31);
constexpr std::uint32_t HyperThreading = bit(28);
// Leaf 7, EBX and EDX.
constexpr std::uint32_t Sgx = bit(2);
constexpr std::uint32_t ProcessorTraceBit = bit(25);
constexpr std::uint32_t ArchCapabilities = bit(29);
// Leaf 80000001, ECX.
constexpr std::uint32_t CmpLegacy = bit(1);
constexpr std::uint32_t Svm = bit(2);
constexpr std::uint32_t TopologyExtensions = bit(22);
// KVM features, EAX.
constexpr std::uint32_t ClockBits = bit(0) | bit(3) | bit(24);

constexpr unsigned MinimumPhysicalBits = 36;
constexpr unsigned MaximumPhysicalBits = 46;

std::uint32_t replaceBits(std::uint32_t value, unsigned low, unsigned width, std::uint32_t field)
{
    const std::uint32_t mask = ((std::uint32_t{1} << width) - 1) << low;
    return (value & ~mask) | (field << low & mask);
}

std::uint32_t maximumOf(const CpuidTable& table, std::uint32_t leaf)
{
    const CpuidEntry* entry = table.find(leaf);
    return entry ? entry->eax : 0;
}

bool isAmd(const CpuidTable& table)
{
    constexpr std::uint32_t Auth = 0x68747541; // "AuthenticAMD"
    constexpr std::uint32_t Hygo = 0x6F677948; // "HygonGenuine"
    const CpuidEntry* vendor = table.find(Vendor);
    return vendor && (vendor->ebx == Auth || vendor->ebx == Hygo);
}

void setFeatures(CpuidTable& table, const HostCpu& host, const CpuProfileConfig& config, std::uint32_t apicId)
{
    CpuidEntry* features = table.find(Features);
    if (!features)
        return;
    const CpuTopology& topology = config.topology;
    const std::uint32_t idsPerSocket = std::min(1U << topology.socketShift(), 255U);
    features->ebx = replaceBits(features->ebx, 24, 8, apicId);
    features->ebx = replaceBits(features->ebx, 16, 8, idsPerSocket);
    features->edx =
        topology.threadsPerSocket() > 1 ? features->edx | HyperThreading : features->edx & ~HyperThreading;
    features->ecx |= Hypervisor;
    // Each vCPU's own copy follows CR4; performance counters are not offered (see hideUnusable).
    features->ecx &= ~(OsXsave | Pdcm);
    if (!config.nestedVirtualization)
        features->ecx &= ~Vmx;
    features->ecx =
        host.caps.tscDeadlineTimer != 0 ? features->ecx | TscDeadline : features->ecx & ~TscDeadline;
}

/// Features whose registers or memory the engine does not provide, or that cost more than they give.
void hideUnusable(CpuidTable& table, const CpuProfileConfig& config)
{
    if (CpuidEntry* structured = table.find(StructuredFeatures)) {
        structured->ebx &= ~(Sgx | ProcessorTraceBit);
        structured->edx &= ~ArchCapabilities; // IA32_ARCH_CAPABILITIES describes the host, not this CPU
    }
    // Performance counters make a Linux guest run its NMI watchdog on them: exits for nothing.
    for (const std::uint32_t leaf : {PerformanceMonitoring, SecureEnclaves, ProcessorTrace})
        if (table.find(leaf)) {
            table.removeRange(leaf, leaf);
            table.set({.function = leaf});
        }
    if (CpuidEntry* extended = table.find(ExtendedFeatures); extended && !config.nestedVirtualization)
        extended->ecx &= ~Svm;
}

void setCacheSharing(CpuidTable& table, const CpuTopology& topology)
{
    const std::uint32_t idsPerCore = 1U << topology.threadBits();
    const std::uint32_t idsPerSocket = 1U << topology.socketShift();
    for (CpuidEntry& entry : table.entries()) {
        const bool intel = entry.function == CacheParameters;
        if (!intel && entry.function != AmdCacheParameters)
            continue;
        if ((entry.eax & 0x1F) == 0)
            continue; // no more caches
        const bool lastLevel = (entry.eax >> 5 & 0x7) >= 3;
        entry.eax = replaceBits(entry.eax, 14, 12, (lastLevel ? idsPerSocket : idsPerCore) - 1);
        if (intel)
            entry.eax = replaceBits(entry.eax, 26, 6, std::min(idsPerSocket / idsPerCore, 64U) - 1);
    }
}

void setExtendedTopology(CpuidTable& table, std::uint32_t leaf, const CpuTopology& topology,
                         std::uint32_t apicId)
{
    constexpr std::uint32_t ThreadLevel = 1U << 8;
    constexpr std::uint32_t CoreLevel = 2U << 8;
    table.removeRange(leaf, leaf);
    if (maximumOf(table, Vendor) < leaf)
        return;
    table.set({.function = leaf,
               .index = 0,
               .indexed = true,
               .eax = topology.threadBits(),
               .ebx = topology.threadsPerCore,
               .ecx = ThreadLevel | 0,
               .edx = apicId});
    table.set({.function = leaf,
               .index = 1,
               .indexed = true,
               .eax = topology.socketShift(),
               .ebx = topology.threadsPerSocket(),
               .ecx = CoreLevel | 1,
               .edx = apicId});
    table.set({.function = leaf, .index = 2, .indexed = true, .eax = 0, .ebx = 0, .ecx = 2, .edx = apicId});
}

void setAmdTopology(CpuidTable& table, const CpuTopology& topology, std::uint32_t apicId)
{
    if (!isAmd(table))
        return;
    if (CpuidEntry* sizes = table.find(AddressSizes)) {
        sizes->ecx = replaceBits(sizes->ecx, 0, 8, std::min(topology.threadsPerSocket(), 256U) - 1);
        sizes->ecx = replaceBits(sizes->ecx, 12, 4, topology.socketShift());
    }
    CpuidEntry* extended = table.find(ExtendedFeatures);
    if (extended)
        extended->ecx =
            topology.threadsPerSocket() > 1 ? extended->ecx | CmpLegacy : extended->ecx & ~CmpLegacy;
    table.removeRange(AmdTopology, AmdTopology);
    if (extended && (extended->ecx & TopologyExtensions) != 0
        && maximumOf(table, ExtendedMaximum) >= AmdTopology)
        table.set({.function = AmdTopology,
                   .eax = apicId,
                   .ebx = (topology.threadsPerCore - 1) << 8
                          | ((apicId >> topology.threadBits())
                             & ((1U << (topology.socketShift() - topology.threadBits())) - 1)),
                   .ecx = apicId >> topology.socketShift()});
}

void clampPhysicalBits(CpuidTable& table)
{
    CpuidEntry* sizes = table.find(AddressSizes);
    if (!sizes)
        return;
    const unsigned bits = std::clamp(sizes->eax & 0xFF, MinimumPhysicalBits, MaximumPhysicalBits);
    sizes->eax = replaceBits(sizes->eax, 0, 8, bits);
    // The width that a nested guest may use; above the real one it would be a lie.
    const unsigned guestBits = std::min(sizes->eax >> 16 & 0xFF, bits);
    sizes->eax = replaceBits(sizes->eax, 16, 8, guestBits);
}

void setKvmLeaves(CpuidTable& table, const CpuProfileConfig& config)
{
    if (CpuidEntry* features = table.find(KvmFeatures); features && !config.kvmClock)
        features->eax &= ~ClockBits;
}

/// Hyper-V's leaves must be at 4000_0000h; KVM's own move up, where Linux looks as well.
void putHyperVFirst(CpuidTable& table, const HostCpu& host, const CpuProfileConfig& config)
{
    const CpuidEntry* signature = table.find(KvmSignature);
    const CpuidEntry* features = table.find(KvmFeatures);
    CpuidTable moved;
    if (signature && features) {
        CpuidEntry first = *signature;
        CpuidEntry second = *features;
        first.function = MovedKvmSignature;
        first.eax = MovedKvmSignature + 1;
        second.function = MovedKvmSignature + 1;
        moved = CpuidTable({first, second});
    }
    table.removeRange(KvmSignature, HypervisorLast);
    for (const CpuidEntry& entry :
         buildHyperVLeaves(host.supportedHyperV, host.caps, config.topology.cpuCount()))
        table.set(entry);
    for (const CpuidEntry& entry : moved.entries())
        table.set(entry);
}

/// The processor's name, where KVM leaves it out: guests would show an empty one.
void fillBrand(CpuidTable& table, const HostCpu& host)
{
    constexpr std::size_t BytesPerLeaf = 16;
    constexpr std::string_view Nameless = "Virtual CPU";
    for (std::uint32_t leaf = FirstBrand; leaf <= LastBrand; ++leaf)
        if (const CpuidEntry* entry = table.find(leaf);
            entry && (entry->eax | entry->ebx | entry->ecx | entry->edx) != 0)
            return;
    if (CpuidEntry* maximum = table.find(ExtendedMaximum))
        maximum->eax = std::max<std::uint32_t>(maximum->eax, LastBrand);
    else
        table.set({.function = ExtendedMaximum, .eax = LastBrand});
    std::string name(host.brand.empty() ? Nameless : std::string_view(host.brand));
    name.resize((LastBrand - FirstBrand + 1) * BytesPerLeaf);
    name.back() = '\0';
    for (std::uint32_t leaf = FirstBrand; leaf <= LastBrand; ++leaf) {
        std::array<std::uint32_t, 4> words{};
        std::memcpy(words.data(), name.data() + (leaf - FirstBrand) * BytesPerLeaf, BytesPerLeaf);
        table.set({.function = leaf, .eax = words[0], .ebx = words[1], .ecx = words[2], .edx = words[3]});
    }
}

} // namespace

std::string HostCpu::processorBrand()
{
    std::string name;
    for (std::uint32_t leaf = FirstBrand; leaf <= LastBrand; ++leaf) {
        std::array<std::uint32_t, 4> words{};
        if (__get_cpuid(leaf, &words[0], &words[1], &words[2], &words[3]) == 0)
            return {};
        name.append(reinterpret_cast<const char*>(words.data()), sizeof words);
    }
    name.resize(std::min(name.find('\0'), name.size()));
    return name;
}

bool offersHyperV(const HostCpu& host, const CpuProfileConfig& config)
{
    return config.hyperV && canOfferHyperV(host.supportedHyperV, host.caps);
}

unsigned physicalAddressBits(const CpuidTable& table)
{
    const CpuidEntry* sizes = table.find(AddressSizes);
    return sizes ? std::clamp(sizes->eax & 0xFF, MinimumPhysicalBits, MaximumPhysicalBits)
                 : MinimumPhysicalBits;
}

CpuidTable buildCpuid(const HostCpu& host, const CpuProfileConfig& config, unsigned vcpuIndex)
{
    CpuidTable table = host.supported;
    const std::uint32_t apicId = config.topology.apicId(vcpuIndex);
    setFeatures(table, host, config, apicId);
    hideUnusable(table, config);
    setCacheSharing(table, config.topology);
    setExtendedTopology(table, ExtendedTopology, config.topology, apicId);
    setExtendedTopology(table, ExtendedTopologyV2, config.topology, apicId);
    setAmdTopology(table, config.topology, apicId);
    clampPhysicalBits(table);
    fillBrand(table, host);
    setKvmLeaves(table, config);
    if (offersHyperV(host, config))
        putHyperVFirst(table, host, config);
    return table;
}

} // namespace engine::kvm
