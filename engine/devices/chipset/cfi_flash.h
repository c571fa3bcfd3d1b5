// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "base/state.h"
#include "bus/address_space.h"
#include "devices/chipset/cfi_flash_commands.h"
#include "devices/chipset/flash_store.h"

#include <memory>
#include <mutex>
#include <optional>

namespace engine {

/// A writable flash chip in the guest's memory (UEFI variables). While the chip is in its read-array mode
/// the cells are mapped read-only, so that reading costs nothing and only writes arrive here; in any
/// other mode the mapping is gone and all accesses arrive. Any thread.
class CfiFlash final : public BusDevice, public Saveable {
public:
    /// Places a chip with `contents` (whole 4096-byte blocks) at `base`. `store` may be null: changes
    /// then live as long as the machine. References must outlive the device.
    [[nodiscard]] static Result<std::unique_ptr<CfiFlash>> create(std::string name, AddressSpace& memory,
                                                                  GuestAddress base,
                                                                  std::span<const std::byte> contents,
                                                                  FlashStore* store, Log& log);
    ~CfiFlash() override;
    CfiFlash(const CfiFlash&) = delete;
    CfiFlash& operator=(const CfiFlash&) = delete;
    CfiFlash(CfiFlash&&) = delete;
    CfiFlash& operator=(CfiFlash&&) = delete;

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    /// Back to the read-array mode; the cells stay.
    void reset();

    [[nodiscard]] std::string stateName() const override { return m_name; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    /// The cells: host memory that the guest may have mapped, and the store behind it.
    class Cells final : public FlashArray {
    public:
        Cells(std::shared_ptr<HostBlock> block, FlashStore* store) : m_block(std::move(block)), m_store(store)
        {}
        [[nodiscard]] std::uint64_t sizeBytes() const override { return m_block->sizeBytes(); }
        [[nodiscard]] std::byte at(std::uint64_t offset) const override;
        void store(std::uint64_t offset, std::span<const std::byte> bytes) override;
        [[nodiscard]] std::vector<std::byte> contents() const;
        [[nodiscard]] const std::shared_ptr<HostBlock>& block() const { return m_block; }

    private:
        std::shared_ptr<HostBlock> m_block;
        FlashStore* m_store;
    };

    CfiFlash(std::string name, AddressSpace& memory, GuestAddress base, std::shared_ptr<HostBlock> block,
             FlashStore* store, Log& log);
    [[nodiscard]] Result<> updateMapping();
    void updateMappingOrLog();

    const std::string m_name;
    AddressSpace& m_memory;
    const GuestAddress m_base;
    Log& m_log;
    bool m_onBus = false; // set by create()
    mutable std::mutex m_mutex;
    Cells m_cells;                      // guarded by m_mutex
    CfiFlashCommands m_commands;        // guarded by m_mutex
    std::optional<MappingId> m_mapping; // guarded by m_mutex
};

} // namespace engine
