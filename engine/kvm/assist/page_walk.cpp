// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/page_walk.h"

#include "bus/bus_device.h"

#include <array>
#include <atomic>

namespace engine::kvm::assist {

namespace {

constexpr std::uint64_t EntryPresent = 1U << 0;
constexpr std::uint64_t EntryWritable = 1U << 1;
constexpr std::uint64_t EntryUser = 1U << 2;
constexpr std::uint64_t EntryAccessed = 1U << 5;
constexpr std::uint64_t EntryDirty = 1U << 6;
constexpr std::uint64_t EntryLarge = 1U << 7;
constexpr std::uint64_t EntryNoExecute = std::uint64_t{1} << 63;
constexpr std::uint64_t AddressMask = 0x000FFFFFFFFFF000;

constexpr std::uint32_t ErrorPresent = 1U << 0;
constexpr std::uint32_t ErrorWrite = 1U << 1;
constexpr std::uint32_t ErrorUser = 1U << 2;
constexpr std::uint32_t ErrorFetch = 1U << 4;

/// One of the paging modes.
struct PagingMode {
    unsigned levels;
    unsigned indexBits;
    std::size_t entryBytes;
    std::uint64_t rootMask;
};

PagingMode modeOf(const CpuContext& cpu)
{
    if ((cpu.efer & EferLongModeActive) != 0)
        return {(cpu.cr4 & Cr4FiveLevels) != 0 ? 5U : 4U, 9, 8, AddressMask};
    if ((cpu.cr4 & Cr4PhysicalExtension) != 0)
        return {3, 9, 8, 0xFFFFFFE0};
    return {2, 10, 4, 0xFFFFF000};
}

class Walk {
public:
    Walk(const CpuContext& cpu, const GuestPages& pages, std::uint64_t linear, AccessKind kind,
         unsigned privilege)
        : m_cpu(cpu), m_pages(pages), m_linear(linear), m_kind(kind), m_mode(modeOf(cpu)),
          m_user(privilege == 3)
    {}

    std::expected<std::uint64_t, GuestFault> run()
    {
        if (!isCanonical())
            return std::unexpected(GuestFault::generalProtection());
        std::uint64_t table = m_cpu.cr3 & m_mode.rootMask;
        for (unsigned level = m_mode.levels; level >= 1; --level) {
            const unsigned shift = 12 + (level - 1) * m_mode.indexBits;
            const std::uint64_t index = m_linear >> shift & indexMask(level);
            const std::uint64_t entryAddress = table + index * m_mode.entryBytes;
            const std::uint64_t entry = readEntry(entryAddress);
            if ((entry & EntryPresent) == 0)
                return std::unexpected(pageFault(false));
            if (!isPaePointer(level)) {
                m_writable = m_writable && (entry & EntryWritable) != 0;
                m_userPage = m_userPage && (entry & EntryUser) != 0;
                m_noExecute = m_noExecute || (noExecuteApplies() && (entry & EntryNoExecute) != 0);
            }
            if (!isLeaf(entry, level)) {
                setBits(entryAddress, entry, isPaePointer(level) ? 0 : EntryAccessed);
                table = entry & (m_mode.entryBytes == 4 ? 0xFFFFF000 : AddressMask);
                continue;
            }
            if (!isAllowed())
                return std::unexpected(pageFault(true));
            setBits(entryAddress, entry, EntryAccessed | (m_kind == AccessKind::Write ? EntryDirty : 0));
            return frameOf(entry, shift) | (m_linear & ((std::uint64_t{1} << shift) - 1));
        }
        return std::unexpected(pageFault(false));
    }

private:
    [[nodiscard]] bool isCanonical() const
    {
        if (m_mode.levels < 4)
            return true;
        const unsigned unused = m_mode.levels == 5 ? 7 : 16;
        const auto value = static_cast<std::int64_t>(m_linear);
        return static_cast<std::int64_t>(m_linear << unused) >> unused == value;
    }
    [[nodiscard]] bool isPaePointer(unsigned level) const { return m_mode.levels == 3 && level == 3; }
    [[nodiscard]] std::uint64_t indexMask(unsigned level) const
    {
        return isPaePointer(level) ? 3 : (std::uint64_t{1} << m_mode.indexBits) - 1;
    }
    [[nodiscard]] bool noExecuteApplies() const
    {
        return (m_cpu.efer & EferNoExecute) != 0 && m_mode.entryBytes == 8;
    }
    [[nodiscard]] bool isLeaf(std::uint64_t entry, unsigned level) const
    {
        if (level == 1)
            return true;
        if ((entry & EntryLarge) == 0 || isPaePointer(level) || level > 3)
            return false;
        return m_mode.levels != 2 || (m_cpu.cr4 & Cr4PageSizeExtension) != 0;
    }
    [[nodiscard]] std::uint64_t frameOf(std::uint64_t entry, unsigned shift) const
    {
        std::uint64_t frame = entry & (m_mode.entryBytes == 4 ? 0xFFFFF000 : AddressMask);
        frame &= ~((std::uint64_t{1} << shift) - 1);
        if (m_mode.levels == 2 && shift > 12)
            frame |= (entry >> 13 & 0xFF) << 32; // PSE-36
        return frame;
    }
    [[nodiscard]] bool isAllowed() const
    {
        if (m_user && !m_userPage)
            return false;
        if (m_kind == AccessKind::Fetch)
            return !m_noExecute && (m_user || !m_userPage || (m_cpu.cr4 & Cr4SupervisorExecution) == 0);
        if (!m_user && m_userPage && (m_cpu.cr4 & Cr4SupervisorAccess) != 0
            && (m_cpu.flags & FlagAlignmentCheck) == 0)
            return false;
        if (m_kind == AccessKind::Write && !m_writable)
            return !m_user && (m_cpu.cr0 & Cr0WriteProtect) == 0;
        return true;
    }
    [[nodiscard]] GuestFault pageFault(bool present) const
    {
        std::uint32_t code = present ? ErrorPresent : 0;
        if (m_kind == AccessKind::Write)
            code |= ErrorWrite;
        if (m_user)
            code |= ErrorUser;
        if (m_kind == AccessKind::Fetch && (noExecuteApplies() || (m_cpu.cr4 & Cr4SupervisorExecution) != 0))
            code |= ErrorFetch;
        return {Vector::PageFault, code, m_linear, false};
    }
    [[nodiscard]] std::uint64_t readEntry(std::uint64_t address) const
    {
        std::array<std::byte, 8> raw{};
        const auto data = std::span(raw).first(m_mode.entryBytes);
        m_pages.read(address, data);
        return loadLittleEndian(data);
    }
    /// As the CPU does: only when missing, and only if the entry is still what was read.
    void setBits(std::uint64_t address, std::uint64_t entry, std::uint64_t bits) const
    {
        if ((entry & bits) == bits)
            return;
        std::byte* host = m_pages.writableRam(address, m_mode.entryBytes);
        if (!host)
            return;
        if (m_mode.entryBytes == 8) {
            (void)std::atomic_ref(*reinterpret_cast<std::uint64_t*>(host))
                .compare_exchange_strong(entry, entry | bits);
        } else {
            auto expected = static_cast<std::uint32_t>(entry);
            (void)std::atomic_ref(*reinterpret_cast<std::uint32_t*>(host))
                .compare_exchange_strong(expected, expected | static_cast<std::uint32_t>(bits));
        }
        m_pages.noteWritten(address, m_mode.entryBytes);
    }

    const CpuContext& m_cpu;
    const GuestPages& m_pages;
    std::uint64_t m_linear;
    AccessKind m_kind;
    PagingMode m_mode;
    bool m_user;
    bool m_writable = true;
    bool m_userPage = true;
    bool m_noExecute = false;
};

} // namespace

std::expected<std::uint64_t, GuestFault> translate(const CpuContext& cpu, const GuestPages& pages,
                                                   std::uint64_t linear, AccessKind kind, unsigned privilege)
{
    if ((cpu.cr0 & Cr0Paging) == 0)
        return linear & 0xFFFFFFFF;
    return Walk(cpu, pages, linear, kind, privilege).run();
}

} // namespace engine::kvm::assist
