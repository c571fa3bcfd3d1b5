// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_adapter.h"

namespace engine::display {

namespace {

// The memory-mapped register block (standard-vga, "MMIO area spec").
constexpr std::uint64_t EdidEnd = 0x400;
constexpr std::uint64_t MmioPorts = 0x400; // ports 3C0-3DF
constexpr std::uint64_t MmioPortsEnd = 0x420;
constexpr std::uint16_t MmioFirstPort = 0x3c0;
constexpr std::uint64_t MmioDispi = 0x500; // register * 2
constexpr std::uint64_t MmioDispiEnd = 0x516;
constexpr std::uint64_t ExtensionSize = 0x600;
constexpr std::uint64_t ExtensionEndianness = 0x604;
constexpr std::uint64_t ExtensionEnd = 0x608;
constexpr std::uint32_t ExtensionBytes = 8;
constexpr std::uint32_t LittleEndian = 0x1e1e1e1e;
constexpr std::uint32_t BigEndian = 0xbebebebe;

/// A direct mapping costs a change of the guest's memory map: worth it for real drawing only.
constexpr unsigned AccessesBeforeMapping = 256;

constexpr bool isWithin(std::uint64_t offset, std::size_t length, std::uint64_t begin, std::uint64_t end)
{
    return offset >= begin && offset + length <= end;
}

constexpr std::uint8_t byteOf(std::uint32_t value, std::uint64_t index)
{
    return static_cast<std::uint8_t>(value >> (8 * (index & 3)));
}

} // namespace

VgaAdapter::VgaAdapter(std::shared_ptr<HostBlock> videoMemory, DeviceClock& clock)
    : m_block(std::move(videoMemory)), m_clock(clock),
      m_registers(VideoMemory(m_block->data(), static_cast<std::uint32_t>(m_block->sizeBytes()))),
      m_edid(buildEdid({})), m_extraDirty(m_block->sizeBytes())
{}

void VgaAdapter::Face::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_owner.m_mutex);
    (m_owner.*m_onRead)(offset, data);
}

void VgaAdapter::Face::write(std::uint64_t offset, std::span<const std::byte> data)
{
    {
        std::scoped_lock lock(m_owner.m_mutex);
        (m_owner.*m_onWrite)(offset, data);
    }
    m_owner.wakeIfArmed();
}

void VgaAdapter::readPorts(std::uint64_t offset, std::span<std::byte> data)
{
    for (std::byte& byte : data)
        byte = std::byte{
            m_registers.readPort(static_cast<std::uint16_t>(LegacyPortsBase + offset++), m_clock.now())};
}

void VgaAdapter::writePorts(std::uint64_t offset, std::span<const std::byte> data)
{
    // Byte by byte, lowest port first: one word writes an index and its data.
    for (const std::byte byte : data)
        m_registers.writePort(static_cast<std::uint16_t>(LegacyPortsBase + offset++),
                              std::to_integer<std::uint8_t>(byte));
    followChanges();
}

void VgaAdapter::readDispiPorts(std::uint64_t offset, std::span<std::byte> data)
{
    // 16-bit ports: the index at 1CE, the data at 1CF and again, aligned, at 1D0.
    std::uint64_t value = ~std::uint64_t{0};
    if (data.size() == sizeof(std::uint16_t) && offset <= 2)
        value = offset == 0 ? m_dispiIndex : m_registers.readDispi(m_dispiIndex);
    storeLittleEndian(data, value);
}

void VgaAdapter::writeDispiPorts(std::uint64_t offset, std::span<const std::byte> data)
{
    if (data.size() != sizeof(std::uint16_t) || offset > 2)
        return;
    const auto value = static_cast<std::uint16_t>(loadLittleEndian(data));
    if (offset == 0) {
        m_dispiIndex = value;
        return;
    }
    m_registers.writeDispi(m_dispiIndex, value);
    followChanges();
}

void VgaAdapter::readWindow(std::uint64_t offset, std::span<std::byte> data)
{
    for (std::byte& byte : data)
        byte = std::byte{m_registers.readWindow(static_cast<std::uint32_t>(offset++))};
    countWindowAccess();
}

void VgaAdapter::writeWindow(std::uint64_t offset, std::span<const std::byte> data)
{
    for (const std::byte byte : data)
        m_registers.writeWindow(static_cast<std::uint32_t>(offset++), std::to_integer<std::uint8_t>(byte));
    countWindowAccess();
}

std::uint8_t VgaAdapter::readMmioByte(std::uint64_t offset)
{
    if (offset < EdidEnd)
        return offset < m_edid.size() ? std::to_integer<std::uint8_t>(m_edid[offset]) : 0;
    if (offset >= MmioPorts && offset < MmioPortsEnd)
        return m_registers.readPort(static_cast<std::uint16_t>(MmioFirstPort + (offset - MmioPorts)),
                                    m_clock.now());
    if (offset >= MmioDispi && offset < MmioDispiEnd)
        return byteOf(m_registers.readDispi(static_cast<std::uint16_t>((offset - MmioDispi) / 2)),
                      offset & 1);
    if (offset >= ExtensionSize && offset < ExtensionEndianness)
        return byteOf(ExtensionBytes, offset);
    if (offset >= ExtensionEndianness && offset < ExtensionEnd)
        return byteOf(m_registers.state().bigEndianPixels ? BigEndian : LittleEndian, offset);
    return 0xff;
}

void VgaAdapter::readMmio(std::uint64_t offset, std::span<std::byte> data)
{
    for (std::byte& byte : data)
        byte = std::byte{readMmioByte(offset++)};
}

void VgaAdapter::writeMmio(std::uint64_t offset, std::span<const std::byte> data)
{
    if (isWithin(offset, data.size(), MmioPorts, MmioPortsEnd)) {
        for (const std::byte byte : data)
            m_registers.writePort(static_cast<std::uint16_t>(MmioFirstPort + (offset++ - MmioPorts)),
                                  std::to_integer<std::uint8_t>(byte));
    } else if (isWithin(offset, data.size(), MmioDispi, MmioDispiEnd) && offset % 2 == 0) {
        // Whole registers, one after the other; an odd byte at the end has no effect.
        for (; data.size() >= 2; data = data.subspan(2), offset += 2)
            m_registers.writeDispi(static_cast<std::uint16_t>((offset - MmioDispi) / 2),
                                   static_cast<std::uint16_t>(loadLittleEndian(data.first(2))));
    } else if (offset == ExtensionEndianness && data.size() == sizeof(std::uint32_t)) {
        const auto value = static_cast<std::uint32_t>(loadLittleEndian(data));
        if (value == LittleEndian || value == BigEndian)
            m_registers.setBigEndianPixels(value == BigEndian);
    }
    followChanges();
}

void VgaAdapter::followChanges()
{
    m_generation.store(m_registers.pictureGeneration(), std::memory_order_release);
    if (m_followed && m_registers.directWindow() != m_followed) {
        m_followed.reset();
        m_windowAccesses = 0;
        if (m_followWindow)
            m_followWindow(std::nullopt);
    }
}

void VgaAdapter::countWindowAccess()
{
    if (m_followed || !m_followWindow || ++m_windowAccesses < AccessesBeforeMapping)
        return;
    m_windowAccesses = 0;
    m_followed = m_registers.directWindow();
    if (m_followed)
        m_followWindow(m_followed);
}

void VgaAdapter::wakeIfArmed()
{
    // Most writes come while nobody sleeps: one relaxed load.
    if (!m_wakeArmed.load(std::memory_order_relaxed) || !m_wakeArmed.exchange(false))
        return;
    std::function<void()> wake;
    {
        std::scoped_lock lock(m_mutex);
        wake = m_wake;
    }
    if (wake)
        wake();
}

void VgaAdapter::setWakeUp(std::function<void()> wake)
{
    std::scoped_lock lock(m_mutex);
    m_wake = std::move(wake);
}

void VgaAdapter::reset()
{
    {
        std::scoped_lock lock(m_mutex);
        m_registers.reset();
        m_dispiIndex = 0;
        followChanges();
    }
    wakeIfArmed();
}

void VgaAdapter::setEdid(const EdidDescription& description)
{
    const auto block = buildEdid(description);
    std::scoped_lock lock(m_mutex);
    m_edid = block;
}

VgaState VgaAdapter::state() const
{
    if (m_fetchLateWrites)
        m_fetchLateWrites();
    std::scoped_lock lock(m_mutex);
    return m_registers.state();
}

DirtyPages VgaAdapter::takeDirty()
{
    if (m_fetchLateWrites)
        m_fetchLateWrites();
    DirtyPages pages;
    {
        std::scoped_lock lock(m_mutex);
        pages = m_registers.takeDirty();
        pages.merge(m_extraDirty);
        m_extraDirty.clear();
    }
    if (m_collector)
        m_collector(pages);
    return pages;
}

void VgaAdapter::save(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.integer(m_dispiIndex);
    m_registers.save(out);
}

Result<> VgaAdapter::check(StateReader& in) const
{
    (void)in.integer<std::uint16_t>();
    return VgaRegisters(m_registers.memory()).restore(in);
}

Result<> VgaAdapter::restore(StateReader& in)
{
    {
        std::scoped_lock lock(m_mutex);
        const auto index = in.integer<std::uint16_t>();
        VM_TRY(m_registers.restore(in));
        m_dispiIndex = index;
        followChanges();
    }
    wakeIfArmed();
    return {};
}

} // namespace engine::display
