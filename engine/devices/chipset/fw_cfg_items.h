// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/state.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// A file whose contents are made when the guest first asks for them. Its size is in the directory
/// from the start; shorter contents are followed by zeros.
struct FwCfgGeneratedFile {
    std::string name;
    std::uint32_t sizeBytes = 0;
};

/// What fw_cfg offers (specification: "QEMU Firmware Configuration (fw_cfg) Device"): numbered items, named
/// files, the file directory, and the cursor with which the guest reads them. No bus, no DMA, no lock.
class FwCfgItems {
public:
    using Bytes = std::vector<std::byte>;
    /// Makes the contents of all files of one group, in the order of their declaration.
    using Generator = std::move_only_function<std::vector<Bytes>()>;
    /// Receives a file's new contents after the guest has written some of it.
    using WriteHook = std::function<void(std::span<const std::byte>)>;

    static constexpr std::uint16_t DirectoryKey = 0x0019; ///< FW_CFG_FILE_DIR
    static constexpr std::uint16_t FirstFileKey = 0x0020; ///< FW_CFG_FILE_FIRST
    static constexpr std::uint16_t WriteChannel = 0x4000; ///< FW_CFG_WRITE_CHANNEL, ignored in a key
    static constexpr std::size_t MaxNameBytes = 55;       ///< and a terminating zero
    static constexpr std::size_t MaxFiles = 512;

    /// Adds or replaces a numbered item. Keys of the directory and of files are refused.
    [[nodiscard]] Result<> setItem(std::uint16_t key, Bytes content);
    /// Adds or replaces a file.
    [[nodiscard]] Result<> setFile(const std::string& name, Bytes content, WriteHook onWrite = {});
    [[nodiscard]] Result<> addGeneratedFiles(const std::vector<FwCfgGeneratedFile>& files,
                                             Generator generate);
    [[nodiscard]] bool hasFile(std::string_view name) const { return m_files.contains(name); }

    void select(std::uint16_t key);
    [[nodiscard]] std::uint16_t selectedKey() const { return m_key; }
    /// The name of the selected file; empty for a numbered item.
    [[nodiscard]] std::string_view selectedName() const;

    /// Copies from the cursor and moves it; the number of bytes that existed (the rest reads as zero).
    std::size_t read(std::span<std::byte> into);
    /// What is left between the cursor and the item's end.
    [[nodiscard]] std::size_t remaining();
    /// The next `length` bytes without a copy, valid until the next call; moves the cursor.
    [[nodiscard]] std::span<const std::byte> take(std::size_t length);
    void skip(std::size_t length);
    /// True when the selected item may be written and `length` bytes fit at the cursor.
    [[nodiscard]] bool canWrite(std::size_t length);
    /// Overwrites at the cursor; only after canWrite(). Returns the call that tells the file's owner,
    /// to be made without a lock.
    [[nodiscard]] std::function<void()> write(std::span<const std::byte> from);

    /// Nothing selected; generated files will be made anew; written files have their first contents.
    void reset();

    void save(StateWriter& out) const;
    [[nodiscard]] Result<> restore(StateReader& in);

private:
    struct Group;
    struct Item {
        Bytes content;
        Bytes initial; // of a writable file
        bool writable = false;
        WriteHook onWrite;
        Group* group = nullptr; // of a generated file
    };
    struct Group {
        Generator generate;
        std::vector<Item*> members;
        bool made = false;
    };

    [[nodiscard]] static Result<> checkName(const std::string& name);
    [[nodiscard]] Item* current();
    void rebuildDirectory();

    std::map<std::uint16_t, Item> m_numbered;
    std::map<std::string, Item, std::less<>> m_files; // sorted by name, which is the directory's order
    std::vector<std::string_view> m_fileNames;        // by key - FirstFileKey
    std::list<Group> m_groups;
    std::uint16_t m_key = 0;
    std::size_t m_offset = 0;
};

} // namespace engine
