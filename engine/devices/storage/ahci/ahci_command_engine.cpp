// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ahci/ahci_command_engine.h"

#include <bit>

namespace engine::ahci {

namespace {

constexpr std::chrono::seconds LeaveLimit{10};

} // namespace

CommandEngine::CommandEngine(EngineHost& host, unsigned portIndex, const GuestMemory& memory, Log& log,
                             EventLoop& loop, std::shared_ptr<ata::Device> device,
                             std::shared_ptr<RequestTracker> tracker)
    : m_host(host), m_index(portIndex), m_memory(memory), m_log(log), m_loop(loop),
      m_device(std::move(device)), m_tracker(std::move(tracker)), m_kick(loop, [this] { process(); })
{}

CommandEngine::~CommandEngine()
{
    (void)m_tracker->waitIdle(LeaveLimit);
    // Tasks posted before this one have run when it has; completions after it reach nobody.
    m_loop.runAndWait([this] {
        m_tracker->close();
        m_stopped = true;
    });
    m_loop.runAndWait([] {}); // what those tasks posted has run, too
}

void CommandEngine::process()
{
    if (m_processing || m_stopped)
        return;
    constexpr unsigned Batch = 64; // so that other work of this thread gets its turn
    m_processing = true;
    unsigned done = 0;
    while (done < Batch && startNext() == Step::Again)
        ++done;
    m_processing = false;
    if (done == Batch)
        m_kick.kick();
}

CommandEngine::Step CommandEngine::startNext()
{
    std::unique_lock lock(m_host.mutex());
    PortRegisters& registers = port();
    if (m_resetRequested) {
        m_resetRequested = false;
        m_softReset = false;
        m_device->reset();
    }
    const std::uint32_t waiting = registers.waiting();
    if (!registers.isRunning() || waiting == 0 || !m_host.mayUseMemory())
        return Step::Idle;
    // The slots after the last one first, then around.
    const unsigned shift = (m_lastSlot + 1) % 32;
    const unsigned slot =
        (static_cast<unsigned>(std::countr_zero(std::rotr(waiting, static_cast<int>(shift)))) + shift) % 32;
    auto command = readSlot(m_memory, registers.commandList(), slot);
    if (!command) {
        m_log.warning("ahci", "a command list or table lies outside of RAM");
        registers.failed(ata::StatusGood, 0, port_interrupt::HostBusFatal);
        m_host.interruptsChanged();
        return Step::Idle;
    }
    const bool queued =
        command->fis && command->fis->isCommand && m_device->isQueued(command->fis->registers);
    const bool mayStart = registers.active() == 0 || (queued && (registers.active() & ~m_queuedSlots) == 0);
    if (!mayStart)
        return Step::Idle; // looked at again when a command ends
    m_lastSlot = slot;
    if (command->fis && !command->fis->isCommand) {
        handleControl(slot, *command);
        return Step::Again;
    }
    registers.started(slot, queued);
    m_queuedSlots = queued ? m_queuedSlots | 1U << slot : m_queuedSlots & ~(1U << slot);
    const std::uint64_t generation = registers.generation();
    lock.unlock();
    execute(slot, generation, *command);
    return Step::Again;
}

void CommandEngine::execute(unsigned slot, std::uint64_t generation, const CommandSlot& command)
{
    if (!command.fis) {
        m_log.warning("ahci", "a command table holds no host-to-device FIS");
        complete(slot, false, generation,
                 {.status = ata::StatusGood | ata::StatusError, .error = ata::ErrorAbort});
        return;
    }
    const bool queued = m_device->isQueued(command.fis->registers);
    m_device->execute(
        {.registers = command.fis->registers, .packet = command.packet, .buffer = command.regions},
        [this, slot, queued, generation](const ata::Outcome& outcome) {
            complete(slot, queued, generation, outcome);
        });
}

void CommandEngine::handleControl(unsigned slot, const CommandSlot& command)
{
    PortRegisters& registers = port();
    registers.acceptControlFis(slot);
    const bool resetting = (command.fis->control & fis::ControlSoftReset) != 0;
    if (resetting) {
        m_softReset = true;
        if (!command.clearsBusy)
            registers.setTaskFile(ata::StatusBusy, 0);
    } else if (m_softReset) {
        m_softReset = false;
        m_device->reset();
        registers.showSignature();
        storeSignature();
    }
}

void CommandEngine::storeSignature()
{
    const PortRegisters& registers = port();
    if (registers.signature() && m_host.mayUseMemory())
        store(registers, fis::DeviceToHostOffset, fis::signature(*registers.signature()));
}

void CommandEngine::store(const PortRegisters& registers, std::uint64_t offset,
                          std::span<const std::byte> fis)
{
    if (!registers.receivesFis())
        return;
    const auto at = registers.fisArea().checkedAdd(offset);
    if (!at || !m_memory.write(*at, fis))
        m_log.warning("ahci", "the area for received FISes lies outside of RAM");
}

void CommandEngine::complete(unsigned slot, bool queued, std::uint64_t generation,
                             const ata::Outcome& outcome)
{
    if (queued && !outcome.failed()) {
        holdQueued(slot, generation, outcome);
    } else {
        tellQueued(); // the order in which the device has finished them
        std::scoped_lock lock(m_host.mutex());
        PortRegisters& registers = port();
        registers.released(slot);
        m_queuedSlots &= ~(1U << slot);
        m_host.registers().settleReset();
        // After a reset nobody waits for this; after an error queued commands stay outstanding (6.2.2.2).
        if (generation == registers.generation() && registers.isRunning()) {
            if (outcome.failed())
                reportFailure(registers, slot, queued, outcome);
            else
                reportSuccess(registers, slot, outcome);
            m_host.interruptsChanged();
        }
    }
    process();
}

/// One Set Device Bits FIS, and one interrupt, can tell the end of many queued commands (SATA 3.x, 10.5.7).
void CommandEngine::holdQueued(unsigned slot, std::uint64_t generation, const ata::Outcome& outcome)
{
    if (m_finished != 0 && m_finishedGeneration != generation)
        tellQueued();
    const bool isFirst = m_finished == 0;
    m_finished |= 1U << slot;
    m_finishedGeneration = generation;
    m_finishedOutcome = outcome;
    if (!isFirst)
        return;
    m_loop.defer([this] { tellOrGoOn(); });
}

/// Tells what has finished, unless the driver has issued more meanwhile: then that comes first.
void CommandEngine::tellOrGoOn()
{
    if (m_stopped || m_finished == 0)
        return;
    if (m_answers.isWorthWaiting([this] { return m_kick.isPending(); })) {
        process();
        m_loop.defer([this] { tellOrGoOn(); });
        return;
    }
    tellQueued();
    process(); // what could not start beside the queued commands
}

void CommandEngine::tellQueued()
{
    const std::uint32_t slots = std::exchange(m_finished, 0);
    m_answers.told();
    if (slots == 0)
        return;
    std::scoped_lock lock(m_host.mutex());
    PortRegisters& registers = port();
    const bool isWanted = m_finishedGeneration == registers.generation() && registers.isRunning();
    if (isWanted)
        store(registers, fis::SetDeviceBitsOffset, fis::setDeviceBits(m_finishedOutcome, slots));
    for (std::uint32_t left = slots; left != 0; left &= left - 1) {
        const auto slot = static_cast<unsigned>(std::countr_zero(left));
        registers.released(slot);
        if (isWanted)
            registers.succeeded(slot, true, m_finishedOutcome.status, m_finishedOutcome.error);
    }
    m_queuedSlots &= ~slots;
    m_host.registers().settleReset();
    if (!isWanted)
        return;
    registers.raise(port_interrupt::SetDeviceBitsFis);
    m_host.interruptsChanged();
}

void CommandEngine::reportSuccess(PortRegisters& registers, unsigned slot, const ata::Outcome& outcome)
{
    (void)writeByteCount(m_memory, registers.commandList(), slot,
                         static_cast<std::uint32_t>(outcome.transferredBytes));
    const bool pioIn = outcome.protocol == ata::Protocol::PioIn;
    if (pioIn)
        store(registers, fis::PioSetupOffset, fis::pioSetup(outcome));
    else
        store(registers, fis::DeviceToHostOffset, fis::deviceToHost(outcome, true));
    registers.succeeded(slot, false, outcome.status, outcome.error);
    registers.raise(pioIn ? port_interrupt::PioSetupFis : port_interrupt::DeviceToHostFis);
}

void CommandEngine::reportFailure(PortRegisters& registers, unsigned slot, bool queued,
                                  const ata::Outcome& outcome)
{
    if (outcome.badAddress) {
        m_log.warning("ahci", "a command's data buffer lies outside of RAM");
        registers.failed(outcome.status, outcome.error, port_interrupt::HostBusFatal);
        return;
    }
    if (queued) {
        store(registers, fis::SetDeviceBitsOffset, fis::setDeviceBits(outcome, 0));
        registers.failed(outcome.status, outcome.error,
                         port_interrupt::SetDeviceBitsFis | port_interrupt::TaskFileError);
        return;
    }
    (void)writeByteCount(m_memory, registers.commandList(), slot,
                         static_cast<std::uint32_t>(outcome.transferredBytes));
    store(registers, fis::DeviceToHostOffset, fis::deviceToHost(outcome, true));
    registers.failed(outcome.status, outcome.error,
                     port_interrupt::DeviceToHostFis | port_interrupt::TaskFileError);
}

} // namespace engine::ahci
