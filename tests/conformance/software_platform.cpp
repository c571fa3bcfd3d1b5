// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/software_platform.h"

#include <array>
#include <utility>

namespace engine::conformance {

class RecordingMsiController::Vector final : public MsiVector {
public:
    explicit Vector(RecordingMsiController& owner) : m_owner(owner) {}
    void setMessage(const MsiMessage& message) override
    {
        std::scoped_lock lock(m_mutex);
        m_message = message;
    }
    void signal() override
    {
        std::scoped_lock lock(m_mutex);
        if (m_message)
            m_owner.record(*m_message);
    }

private:
    RecordingMsiController& m_owner;
    std::mutex m_mutex;
    std::optional<MsiMessage> m_message; // guarded by m_mutex
};

Result<std::unique_ptr<MsiVector>> RecordingMsiController::createVector()
{
    return std::make_unique<Vector>(*this);
}

void RecordingMsiController::record(const MsiMessage& message)
{
    std::scoped_lock lock(m_mutex);
    if (m_messages.size() < MostKept)
        m_messages.push_back(message);
}

std::vector<MsiMessage> RecordingMsiController::takeMessages()
{
    std::scoped_lock lock(m_mutex);
    return std::exchange(m_messages, {});
}

class SoftwarePlatform::GsiLine final : public IrqLine {
public:
    GsiLine(SoftwarePlatform& owner, unsigned gsi) : m_owner(owner), m_gsi(gsi) {}
    void setLevel(bool asserted) override { m_owner.changeLevel(m_gsi, asserted); }

private:
    SoftwarePlatform& m_owner;
    const unsigned m_gsi;
};

Result<std::unique_ptr<SoftwarePlatform>>
SoftwarePlatform::create(std::chrono::system_clock::time_point wallTime)
{
    auto loop = VM_TRY(EventLoop::create("control"));
    return std::unique_ptr<SoftwarePlatform>(new SoftwarePlatform(std::move(loop), wallTime));
}

MachinePlatform SoftwarePlatform::platform()
{
    return {.msi = m_msi,
            .clock = m_clock,
            .loop = *m_loop,
            .log = m_log,
            .createGsi = [this](unsigned gsi) -> Result<std::unique_ptr<IrqLine>> {
                return std::make_unique<GsiLine>(*this, gsi);
            },
            .coalesce = {}};
}

void SoftwarePlatform::setIrqListener(IrqListener listener)
{
    auto shared = listener ? std::make_shared<const IrqListener>(std::move(listener)) : nullptr;
    std::scoped_lock lock(m_mutex);
    m_listener = std::move(shared);
}

bool SoftwarePlatform::irqLevel(unsigned gsi) const
{
    std::scoped_lock lock(m_mutex);
    return gsi < m_levels.size() && m_levels.at(gsi);
}

void SoftwarePlatform::changeLevel(unsigned gsi, bool asserted)
{
    std::shared_ptr<const IrqListener> listener;
    {
        std::scoped_lock lock(m_mutex);
        if (std::exchange(m_levels.at(gsi), asserted) == asserted)
            return;
        listener = m_listener;
    }
    if (listener)
        (*listener)(gsi, asserted);
}

Result<std::unique_ptr<SoftwareMachine>>
SoftwareMachine::create(const VmConfig& config, std::chrono::system_clock::time_point wallTime)
{
    std::unique_ptr<SoftwareMachine> made(new SoftwareMachine);
    made->m_platform = VM_TRY(SoftwarePlatform::create(wallTime));
    Log& log = made->m_platform->log();
    made->m_media = VM_TRY(MediaOpener::open(config, log, [&log](const std::string& path) {
        log.warning("disk", "the host's storage is full; writes to " + path + " wait");
    }));
    made->m_networks = VM_TRY(NetworkOpener::open(config, log));
    MachineMedia media = made->m_media->media();
    media.networkCards = made->m_networks->cards();
    const MachineEvents events{.resetRequested = [raw = made.get()](ResetKind) { ++raw->m_resetRequests; },
                               .sleepRequested = {},
                               .milestone = {}};
    made->m_machine =
        VM_TRY(Machine::create(config, made->m_platform->platform(), events, {}, std::move(media)));
    return made;
}

std::uint64_t SoftwareMachine::portRead(std::uint64_t port, unsigned width)
{
    std::array<std::byte, 8> bytes{};
    const auto data = std::span(bytes).first(width);
    m_machine->ports().read(port, data);
    return loadLittleEndian(data);
}

void SoftwareMachine::portWrite(std::uint64_t port, unsigned width, std::uint64_t value)
{
    std::array<std::byte, 8> bytes{};
    const auto data = std::span(bytes).first(width);
    storeLittleEndian(data, value);
    m_machine->ports().write(port, data);
}

void SoftwareMachine::deliverMessages()
{
    constexpr std::uint64_t InterruptControllers = 0xfee00000; // and 1 MiB from there
    for (const MsiMessage& message : m_platform->msi().takeMessages())
        if (message.address >> 20 != InterruptControllers >> 20)
            memoryWrite(message.address, 4, message.data);
}

std::uint64_t SoftwareMachine::memoryRead(std::uint64_t address, unsigned width)
{
    std::array<std::byte, 8> bytes{};
    const auto data = std::span(bytes).first(width);
    m_machine->addressSpace().read(GuestAddress(address), data);
    return loadLittleEndian(data);
}

void SoftwareMachine::memoryWrite(std::uint64_t address, unsigned width, std::uint64_t value)
{
    std::array<std::byte, 8> bytes{};
    const auto data = std::span(bytes).first(width);
    storeLittleEndian(data, value);
    m_machine->addressSpace().write(GuestAddress(address), data);
}

} // namespace engine::conformance
