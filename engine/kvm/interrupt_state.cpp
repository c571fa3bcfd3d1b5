// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/interrupt_state.h"

#include "kvm/kvm_api.h"

#include <array>
#include <cstring>

namespace engine::kvm {

namespace {

constexpr std::uint16_t StateVersion = 1;
constexpr std::array<std::uint32_t, 3> Chips = {KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE,
                                                KVM_IRQCHIP_IOAPIC};

Result<std::vector<std::byte>> readChip(int fd, std::uint32_t id)
{
    kvm_irqchip chip{};
    chip.chip_id = id;
    if (callKvm(fd, KVM_GET_IRQCHIP, &chip) < 0)
        return failSystem("KVM does not give the state of its interrupt controllers");
    const auto bytes = std::as_bytes(std::span(chip.chip.dummy));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Result<> writeChip(int fd, std::uint32_t id, std::span<const std::byte> state)
{
    kvm_irqchip chip{};
    chip.chip_id = id;
    if (state.size() != sizeof chip.chip)
        return fail(ErrorCode::Corrupt, "saved interrupt controller state has a wrong size");
    std::memcpy(&chip.chip, state.data(), state.size());
    if (callKvm(fd, KVM_SET_IRQCHIP, &chip) < 0)
        return failSystem("KVM does not accept the state of its interrupt controllers");
    return {};
}

Result<std::vector<std::byte>> readTimer(int fd)
{
    kvm_pit_state2 state{};
    if (callKvm(fd, KVM_GET_PIT2, &state) < 0)
        return failSystem("KVM does not give the state of its interval timer");
    const auto bytes = std::as_bytes(std::span(&state, 1));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

Result<> writeTimer(int fd, std::span<const std::byte> saved)
{
    kvm_pit_state2 state{};
    if (saved.size() != sizeof state)
        return fail(ErrorCode::Corrupt, "saved interval timer state has a wrong size");
    std::memcpy(&state, saved.data(), saved.size());
    if (callKvm(fd, KVM_SET_PIT2, &state) < 0)
        return failSystem("KVM does not accept the state of its interval timer");
    return {};
}

Result<std::vector<std::vector<std::byte>>> readChips(int fd)
{
    std::vector<std::vector<std::byte>> states;
    states.reserve(Chips.size());
    for (const std::uint32_t id : Chips)
        states.push_back(VM_TRY(readChip(fd, id)));
    return states;
}

Result<> writeChips(int fd, const std::vector<std::vector<std::byte>>& states)
{
    for (std::size_t i = 0; i < Chips.size(); ++i)
        VM_TRY(writeChip(fd, Chips[i], states.at(i)));
    return {};
}

} // namespace

Result<std::unique_ptr<InterruptControllers>> InterruptControllers::create(int vmFd)
{
    auto controllers = std::unique_ptr<InterruptControllers>(new InterruptControllers(vmFd));
    controllers->m_powerOn = VM_TRY(readChips(vmFd));
    return controllers;
}

Result<> InterruptControllers::reset()
{
    return writeChips(m_vmFd, m_powerOn);
}

void InterruptControllers::saveState(StateWriter& out) const
{
    out.version(StateVersion);
    for (const std::uint32_t id : Chips)
        out.bytes(readChip(m_vmFd, id).value_or(std::vector<std::byte>{}));
}

Result<> InterruptControllers::restoreState(StateReader& in)
{
    (void)in.version(StateVersion);
    std::vector<std::vector<std::byte>> wanted(Chips.size(),
                                               std::vector<std::byte>(sizeof(kvm_irqchip::chip)));
    for (auto& state : wanted)
        in.bytes(state);
    VM_TRY(in.finish());
    const auto before = VM_TRY(readChips(m_vmFd));
    auto written = writeChips(m_vmFd, wanted);
    if (!written) [[maybe_unused]]
        const auto undone = writeChips(m_vmFd, before);
    return written;
}

Result<std::unique_ptr<IntervalTimer>> IntervalTimer::create(int vmFd)
{
    auto timer = std::unique_ptr<IntervalTimer>(new IntervalTimer(vmFd));
    timer->m_powerOn = VM_TRY(readTimer(vmFd));
    return timer;
}

Result<> IntervalTimer::reset()
{
    return writeTimer(m_vmFd, m_powerOn);
}

void IntervalTimer::saveState(StateWriter& out) const
{
    out.version(StateVersion);
    out.bytes(readTimer(m_vmFd).value_or(std::vector<std::byte>{}));
}

Result<> IntervalTimer::restoreState(StateReader& in)
{
    (void)in.version(StateVersion);
    std::vector<std::byte> wanted(sizeof(kvm_pit_state2));
    in.bytes(wanted);
    VM_TRY(in.finish());
    return writeTimer(m_vmFd, wanted);
}

} // namespace engine::kvm
