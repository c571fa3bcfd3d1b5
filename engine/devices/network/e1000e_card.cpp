// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e_card.h"

#include "devices/network/e1000e/statistics.h"

#include <algorithm>

namespace engine {

using namespace e1000e; // the card's own parts

namespace {

constexpr unsigned MemoryBar = 0;
constexpr unsigned IoBar = 2;
constexpr unsigned MsixBar = 3;
constexpr std::uint64_t MemoryBytes = 128 * 1024;
constexpr std::uint64_t IoBytes = 32;
constexpr std::uint8_t MsixOffset = 0xa0;
constexpr std::uint8_t MsiOffset = 0xd0;
constexpr unsigned MsixVectors = 5;
constexpr std::uint32_t MsixBytes = 16384; // pending bits in the upper half (9.3.9)
constexpr std::uint8_t PowerOffset = 0xc8;
constexpr std::uint8_t ExpressOffset = 0xe0;

pci::PciIdentity identity()
{
    return {.vendorId = 0x8086,
            .deviceId = 0x10d3,
            .classCode = 0x020000,
            .subsystemVendorId = 0x8086,
            .subsystemId = 0x0000,
            .pin = pci::InterruptPin::A};
}

} // namespace

E1000eCard::E1000eCard(NetBackend& backend, const MacAddress& mac, const GuestMemory& memory,
                       std::string name)
    : PciFunction(std::move(name), identity()), m_backend(backend), m_mac(mac), m_memory(memory),
      m_transmitKick(backend.loop(), [this] { transmit(); }),
      m_receiveKick(backend.loop(), [this] { m_backend.receiveReady(); }),
      m_state(std::make_unique<State>(mac))
{
    addBar(MemoryBar, pci::BarKind::Memory32, MemoryBytes, *this);
    addBar(IoBar, pci::BarKind::Io, IoBytes, m_ioWindow);
    addMsix(MsixOffset, MsixVectors, MsixBar, MsixBytes);
    addExpress();
    addMsi(MsiOffset);
    addPowerManagement();
    m_state->registers.setLink(backend.isLinkUp());
    m_backend.attach(this);
}

E1000eCard::~E1000eCard()
{
    m_backend.attach(nullptr);
    m_backend.loop().runAndWait([this] { *m_alive = false; });
    m_backend.loop().runAndWait([] {}); // kicks that were posted meanwhile have run, too
}

/// PCI Express, version 1 (datasheet 9.3.8), of a device within the root complex.
void E1000eCard::addExpress()
{
    constexpr std::uint8_t ExpressCapability = 0x10;
    config().addCapability(ExpressCapability, ExpressOffset);
    config().set16(ExpressOffset + 2, 0x0091);
    config().set32(ExpressOffset + 4, 0x8000); // role-based errors; payloads of 128 bytes
    config().set16(ExpressOffset + 8, 0x2810); // relaxed order, no snoop, reads of up to 512 bytes
    config().allowWrite(ExpressOffset + 8, 2, 0x78ff);
    config().set32(ExpressOffset + 12, 0x0411); // one lane of 2.5 GT/s
    config().set16(ExpressOffset + 18, 0x0011);
}

/// Power management, version 1.1 (9.3.4), without wake-up. States are remembered and nothing else.
void E1000eCard::addPowerManagement()
{
    constexpr std::uint8_t PowerCapability = 0x01;
    config().addCapability(PowerCapability, PowerOffset);
    config().set16(PowerOffset + 2, 0x0022); // version 2, device specific initialisation
    config().allowWrite(PowerOffset + 4, 2, 0x1f03);
}

void E1000eCard::reset()
{
    PciFunction::reset();
    followMsix();
    {
        std::scoped_lock lock(m_mutex);
        m_state->registers.reset();
        for (TransmitQueue& queue : m_state->queues)
            queue.reset();
        m_ioWindow.m_address = 0;
    }
    interruptsChanged();
}

void E1000eCard::onConfigWritten(std::uint16_t offset, unsigned width)
{
    if (offset < pci::reg::Command + 2 && pci::reg::Command < offset + width && isBusMaster()) {
        m_transmitKick.kick();
        m_receiveKick.kick();
    }
    followMsix();
    interruptsChanged(); // the way of interrupts may have changed
}

void E1000eCard::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::array<std::byte, 16> words{};
    const auto first = static_cast<std::uint32_t>(offset) & ~3U;
    const auto skip = static_cast<std::size_t>(offset & 3);
    {
        std::scoped_lock lock(m_mutex);
        for (std::size_t at = 0; at < skip + data.size() && at < words.size(); at += 4)
            storeLittleEndian(std::span(words).subspan(at, 4),
                              m_state->registers.read(first + static_cast<std::uint32_t>(at)));
    }
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = skip + i < words.size() ? words.at(skip + i) : std::byte{0};
    interruptsChanged(); // reading the cause register lowers the line
}

void E1000eCard::write(std::uint64_t offset, std::span<const std::byte> data)
{
    // The card takes whole double words only (datasheet 10.1).
    if (offset % 4 != 0 || data.size() % 4 != 0)
        return;
    {
        std::scoped_lock lock(m_mutex);
        for (std::size_t at = 0; at < data.size(); at += 4)
            writeLocked(static_cast<std::uint32_t>(offset + at),
                        static_cast<std::uint32_t>(loadLittleEndian(data.subspan(at, 4))));
    }
    interruptsChanged();
}

void E1000eCard::writeLocked(std::uint32_t offset, std::uint32_t value)
{
    const RegisterEffects effects = m_state->registers.write(offset, value);
    if (effects.reset)
        for (TransmitQueue& queue : m_state->queues)
            queue.reset();
    if (effects.transmit)
        m_transmitKick.kick();
    if (effects.receive)
        m_receiveKick.kick();
}

void E1000eCard::IoWindow::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0});
    std::scoped_lock lock(m_owner.m_mutex);
    if (offset == 0)
        storeLittleEndian(data, m_address);
    else if (offset == 4 && data.size() == 4)
        storeLittleEndian(data, m_owner.m_state->registers.read(m_address));
}

void E1000eCard::IoWindow::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (data.size() != 4)
        return;
    const auto value = static_cast<std::uint32_t>(loadLittleEndian(data));
    {
        std::scoped_lock lock(m_owner.m_mutex);
        if (offset == 0)
            m_address = value & (MemoryBytes - 1) & ~3U;
        else if (offset == 4)
            m_owner.writeLocked(m_address, value);
    }
    m_owner.interruptsChanged();
}

bool E1000eCard::transmitSome(unsigned queue, unsigned& budget)
{
    constexpr unsigned DescriptorsAtOnce = 64;
    TransmitQueue::Outcome outcome;
    bool isLoopback = false;
    {
        std::scoped_lock lock(m_mutex);
        if (!isBusMaster() || !m_state->registers.isLinkUp())
            return false;
        isLoopback = m_state->registers.isLoopback();
        outcome = m_state->queues.at(queue).work(m_state->registers, m_memory, DescriptorsAtOnce,
                                                 isLoopback ? 0 : m_backend.maxFrameBytes());
        if ((outcome.causes & CauseTransmitDone) != 0)
            outcome.causes |= CauseTransmitQueue0 << queue;
        for (const auto& frame : outcome.frames)
            countSent(frame, m_state->registers, outcome.headerBytes, outcome.segmentBytes);
        m_state->registers.raise(outcome.causes);
    }
    // Without the lock: an answer may come at once, through receiveFrame().
    for (const auto& frame : outcome.frames)
        if (isLoopback)
            (void)receiveFrame(frame); // lost without a buffer, as on a wire
        else
            m_backend.send(frame);
    if (outcome.causes != 0)
        interruptSoon();
    budget -= std::min(budget, 1U);
    return outcome.hasMore;
}

void E1000eCard::transmit()
{
    if (!*m_alive)
        return;
    unsigned budget = 256; // packets before others on this thread have their turn
    for (unsigned queue = 0; queue < 2; ++queue)
        while (budget != 0 && transmitSome(queue, budget)) {
        }
    if (budget == 0)
        m_transmitKick.kick();
}

bool E1000eCard::receiveFrame(std::span<const std::byte> frame)
{
    ReceivePath::Outcome outcome{};
    {
        std::scoped_lock lock(m_mutex);
        if (!isBusMaster())
            return true; // goes nowhere
        outcome = m_receivePath.receive(frame, m_state->registers, m_memory);
    }
    if (outcome == ReceivePath::Outcome::Stored)
        interruptSoon();
    return outcome != ReceivePath::Outcome::NoBuffers;
}

void E1000eCard::linkChanged(bool up)
{
    {
        std::scoped_lock lock(m_mutex);
        m_state->registers.setLink(up);
        m_state->registers.raise(CauseLinkChange);
    }
    interruptsChanged();
    if (up)
        m_transmitKick.kick();
}

void E1000eCard::interruptSoon()
{
    if (m_interruptScheduled)
        return;
    m_interruptScheduled = true;
    m_backend.loop().defer([this, alive = m_alive] {
        if (!*alive)
            return;
        m_interruptScheduled = false;
        interruptsChanged();
    });
}

void E1000eCard::interruptsChanged()
{
    std::scoped_lock lock(m_mutex);
    RegisterFile& registers = m_state->registers;
    if (!usesMessages()) {
        setIntx(registers.pending() != 0);
        return;
    }
    setIntx(false);
    const std::uint32_t fresh = registers.takeUnannounced();
    if (fresh == 0)
        return;
    if (!m_usesVectors) {
        signalMessage(0);
        return;
    }
    for (const unsigned vector : registers.takeVectors(fresh))
        signalMessage(vector);
}

void E1000eCard::followMsix()
{
    constexpr std::uint16_t Enabled = 1U << 15;
    m_usesVectors = (configSpace().get16(MsixOffset + 2) & Enabled) != 0;
}

void E1000eCard::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    out.version(1);
    out.bytes(base.data());
    std::scoped_lock lock(m_mutex);
    m_state->registers.saveState(out);
    for (const TransmitQueue& queue : m_state->queues)
        queue.saveState(out);
    out.integer(m_ioWindow.m_address);
}

Result<> E1000eCard::restoreState(StateReader& in)
{
    constexpr std::size_t BaseLimit = 1 << 18;
    (void)in.version(1);
    const auto base = in.bytes(BaseLimit);
    auto restored = std::make_unique<State>(m_mac);
    restored->registers.setLink(m_backend.isLinkUp());
    restored->registers.readState(in);
    for (TransmitQueue& queue : restored->queues)
        queue.readState(in);
    const auto address = in.integer<std::uint32_t>();
    VM_TRY(in.finish());
    StateReader baseIn(base);
    VM_TRY(PciFunction::restoreState(baseIn));
    followMsix();
    {
        std::scoped_lock lock(m_mutex);
        m_state = std::move(restored);
        m_ioWindow.m_address = address & (MemoryBytes - 1) & ~3U;
    }
    m_transmitKick.kick();
    m_receiveKick.kick();
    return {};
}

} // namespace engine
