// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/unknown_msrs.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace engine::kvm {

namespace {

// Registers for which plain zero would mislead a guest. Intel SDM volume 4; AMD APM volume 2,
// appendix A; the Hyper-V specification for its synthetic range.
constexpr auto Rules = std::to_array<MsrRule>({
    // Hyper-V's range without Hyper-V: a guest that probes must learn that nothing is there.
    {.first = 0x40000000, .last = 0x400001FF, .answer = MsrAnswer::ProtectionFault},
    // VMX capability reporting: CPUID does not offer VMX.
    {.first = 0x480, .last = 0x493, .answer = MsrAnswer::ProtectionFault},
    // The local APIC's registers answer only in x2APIC mode.
    {.first = 0x800, .last = 0x8FF, .answer = MsrAnswer::ProtectionFault},
    // MSR_PLATFORM_INFO: 0 would make some guests compute a frequency of zero; ratio 20, as KVM's own
    // default.
    {.first = 0xCE, .last = 0xCE, .answer = MsrAnswer::Value, .value = 20U << 8},
});

std::string nameOf(std::uint32_t index)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4)
        text += Digits[index >> shift & 0xF];
    return text;
}

} // namespace

MsrRule UnknownMsrs::ruleFor(std::uint32_t index)
{
    const auto rule = std::ranges::find_if(
        Rules, [&](const MsrRule& candidate) { return candidate.first <= index && index <= candidate.last; });
    return rule == Rules.end() ? MsrRule{.first = index, .last = index} : *rule;
}

void UnknownMsrs::answer(const RdMsr& exit) const
{
    const MsrRule rule = ruleFor(exit.index);
    *exit.value = rule.value;
    *exit.error = rule.answer == MsrAnswer::ProtectionFault ? 1 : 0;
    m_log.info("msr", "guest reads unknown model-specific register " + nameOf(exit.index));
}

void UnknownMsrs::answer(const WrMsr& exit) const
{
    const MsrRule rule = ruleFor(exit.index);
    *exit.error = rule.answer == MsrAnswer::ProtectionFault ? 1 : 0;
    m_log.info("msr", "guest writes unknown model-specific register " + nameOf(exit.index));
}

} // namespace engine::kvm
