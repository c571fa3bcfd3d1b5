// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/fw_cfg.h"

#include <algorithm>
#include <array>
#include <bit>

namespace engine {

namespace {

// FWCfgDmaAccess.control (specification, "Guest-side DMA Interface").
constexpr std::uint32_t DmaError = 1 << 0;
constexpr std::uint32_t DmaRead = 1 << 1;
constexpr std::uint32_t DmaSkip = 1 << 2;
constexpr std::uint32_t DmaSelect = 1 << 3;
constexpr std::uint32_t DmaWrite = 1 << 4;

constexpr std::string_view DmaSignature = "QEMU CFG";

/// FWCfgDmaAccess: all fields big-endian.
struct DmaRequest {
    std::uint32_t control;
    std::uint32_t length;
    std::uint64_t address;
};

std::uint64_t loadBigEndian(std::span<const std::byte> data)
{
    std::uint64_t value = 0;
    for (const std::byte byte : data)
        value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
}

} // namespace

void FwCfg::Notices::deliver() const
{
    if (select)
        select();
    if (written)
        written();
}

FwCfg::Bytes FwCfg::littleEndian(std::uint64_t value, std::size_t widthBytes)
{
    Bytes bytes(widthBytes);
    storeLittleEndian(bytes, value);
    return bytes;
}

Result<> FwCfg::setItem(std::uint16_t key, Bytes content)
{
    std::scoped_lock lock(m_mutex);
    return m_items.setItem(key, std::move(content));
}

Result<> FwCfg::setFile(const std::string& name, Bytes content)
{
    std::scoped_lock lock(m_mutex);
    return m_items.setFile(name, std::move(content));
}

Result<> FwCfg::setWritableFile(const std::string& name, Bytes content, FwCfgItems::WriteHook onWrite)
{
    if (!onWrite)
        onWrite = [](std::span<const std::byte>) {};
    std::scoped_lock lock(m_mutex);
    return m_items.setFile(name, std::move(content), std::move(onWrite));
}

Result<> FwCfg::addGeneratedFiles(const std::vector<FwCfgGeneratedFile>& files,
                                  FwCfgItems::Generator generate)
{
    std::scoped_lock lock(m_mutex);
    return m_items.addGeneratedFiles(files, std::move(generate));
}

void FwCfg::setObserver(Observer observer)
{
    std::scoped_lock lock(m_mutex);
    m_observer = std::move(observer);
}

void FwCfg::reset()
{
    std::scoped_lock lock(m_mutex);
    m_items.reset();
    m_dmaAddress = 0;
}

void FwCfg::select(std::uint16_t key, Notices& notices)
{
    m_items.select(key);
    if (m_observer)
        notices.select = [observer = m_observer, key, name = std::string(m_items.selectedName())] {
            observer(key, name);
        };
}

void FwCfg::Ports::read(std::uint64_t /*offset*/, std::span<std::byte> data)
{
    // The data register is one byte wide and answers on both ports; a wider access reads nothing.
    std::ranges::fill(data, std::byte{0});
    if (data.size() != 1)
        return;
    std::scoped_lock lock(m_device.m_mutex);
    m_device.m_items.read(data);
}

void FwCfg::Ports::write(std::uint64_t offset, std::span<const std::byte> data)
{
    // Only the 16-bit selector can be written; writing through the data port was retired long ago.
    if (offset != 0 || data.size() != 2)
        return;
    Notices notices;
    {
        std::scoped_lock lock(m_device.m_mutex);
        m_device.select(static_cast<std::uint16_t>(loadLittleEndian(data)), notices);
    }
    notices.deliver();
}

void FwCfg::DmaPorts::read(std::uint64_t offset, std::span<std::byte> data)
{
    for (std::byte& byte : data) {
        byte = offset < DmaSignature.size() ? std::byte(static_cast<std::uint8_t>(DmaSignature[offset]))
                                            : std::byte{0};
        ++offset;
    }
}

void FwCfg::DmaPorts::write(std::uint64_t offset, std::span<const std::byte> data)
{
    const std::uint64_t value = loadBigEndian(data);
    Notices notices;
    {
        std::scoped_lock lock(m_device.m_mutex);
        if (offset == 0 && data.size() == 4) {
            m_device.m_dmaAddress = value << 32;
            return;
        }
        std::uint64_t request = 0;
        if (offset == 4 && data.size() == 4)
            request = m_device.m_dmaAddress | value;
        else if (offset == 0 && data.size() == 8)
            request = value;
        else
            return;
        // The high half is forgotten after each request: 32-bit firmware only ever writes the low one.
        m_device.m_dmaAddress = 0;
        m_device.runDma(GuestAddress(request), notices);
    }
    notices.deliver();
}

void FwCfg::runDma(GuestAddress request, Notices& notices)
{
    std::uint32_t outcome = DmaError;
    if (const auto raw = m_memory.readObject<DmaRequest>(request)) {
        const std::uint32_t control = std::byteswap(raw->control);
        if (control & DmaSelect)
            select(static_cast<std::uint16_t>(control >> 16), notices);
        const auto done =
            transfer(control, std::byteswap(raw->length), GuestAddress(std::byteswap(raw->address)), notices);
        if (done)
            outcome = 0;
        else
            m_log.warning("fw_cfg", "DMA request failed: " + done.error().message());
    } else {
        m_log.warning("fw_cfg", "DMA request lies outside of the guest's RAM");
    }
    if (const auto told = m_memory.writeObject(request, std::byteswap(outcome)); !told)
        m_log.warning("fw_cfg", "the outcome of a DMA request has nowhere to go");
}

Result<> FwCfg::transfer(std::uint32_t control, std::uint32_t length, GuestAddress at, Notices& notices)
{
    if (control & DmaRead)
        return copyToGuest(length, at);
    if (control & DmaWrite)
        return copyFromGuest(length, at, notices);
    if (control & DmaSkip)
        m_items.skip(length);
    return {};
}

Result<> FwCfg::copyToGuest(std::uint32_t length, GuestAddress at)
{
    const auto content = m_items.take(length);
    if (!content.empty())
        VM_TRY(m_memory.write(at, content));
    if (content.size() == length)
        return {};
    const auto rest = at.checkedAdd(content.size());
    if (!rest)
        return fail(ErrorCode::OutOfBounds, "the target wraps around the address space");
    return m_memory.fill(*rest, length - content.size(), std::byte{0});
}

Result<> FwCfg::copyFromGuest(std::uint32_t length, GuestAddress at, Notices& notices)
{
    if (length == 0)
        return {};
    if (!m_items.canWrite(length)) // bounds the buffer by the item's size
        return fail(ErrorCode::Denied, "the selected item cannot be written there");
    Bytes bytes(length);
    VM_TRY(m_memory.read(at, bytes));
    notices.written = m_items.write(bytes);
    return {};
}

void FwCfg::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.integer(m_dmaAddress);
    m_items.save(out);
}

Result<> FwCfg::restoreState(StateReader& in)
{
    std::scoped_lock lock(m_mutex);
    (void)in.version(1);
    const auto dmaAddress = in.integer<std::uint64_t>();
    VM_TRY(m_items.restore(in)); // last: it changes the items only when all of the state was good
    m_dmaAddress = dmaAddress;
    return {};
}

} // namespace engine
