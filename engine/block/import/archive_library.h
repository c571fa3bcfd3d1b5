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
    decltype(&::archive_entry_free) archive_entry_free = nullptr;
    decltype(&::archive_entry_hardlink) archive_entry_hardlink = nullptr;
    decltype(&::archive_entry_new) archive_entry_new = nullptr;
    decltype(&::archive_entry_pathname) archive_entry_pathname = nullptr;
    decltype(&::archive_entry_set_filetype) archive_entry_set_filetype = nullptr;
    decltype(&::archive_entry_set_pathname) archive_entry_set_pathname = nullptr;
    decltype(&::archive_entry_set_perm) archive_entry_set_perm = nullptr;
    decltype(&::archive_entry_set_size) archive_entry_set_size = nullptr;
    decltype(&::archive_entry_size) archive_entry_size = nullptr;
    decltype(&::archive_errno) archive_errno = nullptr;
    decltype(&::archive_filter_bytes) archive_filter_bytes = nullptr;
    decltype(&::archive_read_data) archive_read_data = nullptr;
    decltype(&::archive_read_data_block) archive_read_data_block = nullptr;
    decltype(&::archive_read_free) archive_read_free = nullptr;
    decltype(&::archive_read_new) archive_read_new = nullptr;
    decltype(&::archive_read_next_header) archive_read_next_header = nullptr;
    decltype(&::archive_read_open_fd) archive_read_open_fd = nullptr;
    decltype(&::archive_read_support_filter_gzip) archive_read_support_filter_gzip = nullptr;
    decltype(&::archive_read_support_filter_zstd) archive_read_support_filter_zstd = nullptr;
    decltype(&::archive_read_support_format_tar) archive_read_support_format_tar = nullptr;
    decltype(&::archive_write_add_filter_gzip) archive_write_add_filter_gzip = nullptr;
    decltype(&::archive_write_add_filter_zstd) archive_write_add_filter_zstd = nullptr;
    decltype(&::archive_write_close) archive_write_close = nullptr;
    decltype(&::archive_write_data) archive_write_data = nullptr;
    decltype(&::archive_write_free) archive_write_free = nullptr;
    decltype(&::archive_write_header) archive_write_header = nullptr;
    decltype(&::archive_write_new) archive_write_new = nullptr;
    decltype(&::archive_write_open_fd) archive_write_open_fd = nullptr;
    decltype(&::archive_write_set_format_gnutar) archive_write_set_format_gnutar = nullptr;
    decltype(&::archive_write_set_format_pax_restricted) archive_write_set_format_pax_restricted = nullptr;
    decltype(&::archive_write_set_format_ustar) archive_write_set_format_ustar = nullptr;

    /// Any thread; the same answer for the life of the process.
    [[nodiscard]] static Result<const ArchiveLibrary*> get();
};

} // namespace engine::block
