// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/cfi_flash.h"

#include <cassert>

namespace engine {

std::byte CfiFlash::Cells::at(std::uint64_t offset) const
{
    std::byte byte{};
    const auto inside = m_block->read(offset, {&byte, 1});
    return inside ? byte : std::byte{0xff};
}

void CfiFlash::Cells::store(std::uint64_t offset, std::span<const std::byte> bytes)
{
    if (m_block->write(offset, bytes) && m_store)
        m_store->write(offset, bytes);
}

std::vector<std::byte> CfiFlash::Cells::contents() const
{
    std::vector<std::byte> bytes(static_cast<std::size_t>(m_block->sizeBytes()));
    const auto whole = m_block->read(0, bytes);
    assert(whole);
    (void)whole;
    return bytes;
}

CfiFlash::CfiFlash(std::string name, AddressSpace& memory, GuestAddress base,
                   std::shared_ptr<HostBlock> block, FlashStore* store, Log& log)
    : m_name(std::move(name)), m_memory(memory), m_base(base), m_log(log), m_cells(std::move(block), store),
      m_commands(m_cells)
{}

Result<std::unique_ptr<CfiFlash>> CfiFlash::create(std::string name, AddressSpace& memory, GuestAddress base,
                                                   std::span<const std::byte> contents, FlashStore* store,
                                                   Log& log)
{
    if (contents.empty() || contents.size() % CfiFlashCommands::BlockBytes != 0)
        return fail(ErrorCode::InvalidArgument, "the flash image for '" + name + "' has "
                                                    + std::to_string(contents.size())
                                                    + " bytes, which are not whole 4096-byte blocks");
    auto block = VM_TRY(HostBlock::create(name, contents.size()));
    VM_TRY(block->write(0, contents));
    std::unique_ptr<CfiFlash> flash(
        new CfiFlash(std::move(name), memory, base, std::move(block), store, log));
    VM_TRY(memory.mmio().insert({base.raw(), contents.size()}, *flash));
    flash->m_onBus = true;
    VM_TRY(flash->updateMapping());
    return flash;
}

CfiFlash::~CfiFlash()
{
    if (m_onBus)
        m_memory.mmio().remove({m_base.raw(), m_cells.sizeBytes()});
    if (m_mapping)
        m_memory.unmap(*m_mapping);
}

Result<> CfiFlash::updateMapping()
{
    if (m_mapping && !m_commands.isReadArray()) {
        m_memory.unmap(*m_mapping);
        m_mapping.reset();
    }
    if (m_mapping || !m_commands.isReadArray())
        return {};
    m_mapping = VM_TRY(m_memory.map({.base = m_base,
                                     .length = m_cells.sizeBytes(),
                                     .block = m_cells.block(),
                                     .access = MemoryAccess::ReadOnly}));
    return {};
}

void CfiFlash::updateMappingOrLog()
{
    // Without the mapping every read arrives here: slow, but right.
    if (const auto updated = updateMapping(); !updated)
        m_log.error(m_name, "cannot map the flash for reading: " + updated.error().message());
}

void CfiFlash::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    m_commands.read(offset, data);
}

void CfiFlash::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    m_commands.write(offset, data);
    updateMappingOrLog();
}

void CfiFlash::reset()
{
    std::scoped_lock lock(m_mutex);
    m_commands.reset();
    updateMappingOrLog();
}

void CfiFlash::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    m_commands.save(out);
    out.bytes(m_cells.contents());
}

Result<> CfiFlash::restoreState(StateReader& in)
{
    std::scoped_lock lock(m_mutex);
    (void)in.version(1);
    auto registers = m_commands.restore(in);
    std::vector<std::byte> contents(static_cast<std::size_t>(m_cells.sizeBytes()));
    in.bytes(contents);
    VM_TRY(in.finish());
    if (!registers.isValid(m_cells.sizeBytes()))
        return fail(ErrorCode::Corrupt, "the saved flash command state is out of range");
    m_commands.take(std::move(registers));
    if (contents != m_cells.contents())
        m_cells.store(0, contents);
    updateMappingOrLog();
    return {};
}

} // namespace engine
