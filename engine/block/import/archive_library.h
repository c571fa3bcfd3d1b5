// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <archive.h>
#include <archive_entry.h>

namespace engine::block {

/// The functions of libarchive that we use, under their names. Loaded with the first package: it brings many
/// libraries along, which a running guest should not carry.
struct ArchiveLibrary {
    decltype(&::archive_entry_filetype) archive_entry_filetype = nullptr;
    decltype(&::archive_entry_pathname) archive_entry_pathname = nullptr;
    decltype(&::archive_entry_size) archive_entry_size = nullptr;
    decltype(&::archive_read_data) archive_read_data = nullptr;
    decltype(&::archive_read_data_block) archive_read_data_block = nullptr;
    decltype(&::archive_read_free) archive_read_free = nullptr;
    decltype(&::archive_read_new) archive_read_new = nullptr;
    decltype(&::archive_read_next_header) archive_read_next_header = nullptr;
    decltype(&::archive_read_open_fd) archive_read_open_fd = nullptr;
    decltype(&::archive_read_support_format_tar) archive_read_support_format_tar = nullptr;

    /// Any thread; the same answer for the life of the process.
    [[nodiscard]] static Result<const ArchiveLibrary*> get();
};

} // namespace engine::block
