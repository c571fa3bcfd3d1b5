// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/archive_library.h"

#include "base/shared_library.h"

namespace engine::block {

namespace {

Result<ArchiveLibrary> loadLibrary()
{
    const SharedLibrary library =
        VM_TRY(SharedLibrary::load(LIBARCHIVE_SONAME, "packages and exported guests"));
    ArchiveLibrary found;
    VM_TRY(library.bind(found.archive_entry_filetype, "archive_entry_filetype"));
    VM_TRY(library.bind(found.archive_entry_free, "archive_entry_free"));
    VM_TRY(library.bind(found.archive_entry_hardlink, "archive_entry_hardlink"));
    VM_TRY(library.bind(found.archive_entry_new, "archive_entry_new"));
    VM_TRY(library.bind(found.archive_entry_pathname, "archive_entry_pathname"));
    VM_TRY(library.bind(found.archive_entry_set_filetype, "archive_entry_set_filetype"));
    VM_TRY(library.bind(found.archive_entry_set_pathname, "archive_entry_set_pathname"));
    VM_TRY(library.bind(found.archive_entry_set_perm, "archive_entry_set_perm"));
    VM_TRY(library.bind(found.archive_entry_set_size, "archive_entry_set_size"));
    VM_TRY(library.bind(found.archive_entry_size, "archive_entry_size"));
    VM_TRY(library.bind(found.archive_errno, "archive_errno"));
    VM_TRY(library.bind(found.archive_filter_bytes, "archive_filter_bytes"));
    VM_TRY(library.bind(found.archive_read_data, "archive_read_data"));
    VM_TRY(library.bind(found.archive_read_data_block, "archive_read_data_block"));
    VM_TRY(library.bind(found.archive_read_free, "archive_read_free"));
    VM_TRY(library.bind(found.archive_read_new, "archive_read_new"));
    VM_TRY(library.bind(found.archive_read_next_header, "archive_read_next_header"));
    VM_TRY(library.bind(found.archive_read_open_fd, "archive_read_open_fd"));
    VM_TRY(library.bind(found.archive_read_support_filter_gzip, "archive_read_support_filter_gzip"));
    VM_TRY(library.bind(found.archive_read_support_filter_zstd, "archive_read_support_filter_zstd"));
    VM_TRY(library.bind(found.archive_read_support_format_tar, "archive_read_support_format_tar"));
    VM_TRY(library.bind(found.archive_write_add_filter_gzip, "archive_write_add_filter_gzip"));
    VM_TRY(library.bind(found.archive_write_add_filter_zstd, "archive_write_add_filter_zstd"));
    VM_TRY(library.bind(found.archive_write_close, "archive_write_close"));
    VM_TRY(library.bind(found.archive_write_data, "archive_write_data"));
    VM_TRY(library.bind(found.archive_write_free, "archive_write_free"));
    VM_TRY(library.bind(found.archive_write_header, "archive_write_header"));
    VM_TRY(library.bind(found.archive_write_new, "archive_write_new"));
    VM_TRY(library.bind(found.archive_write_open_fd, "archive_write_open_fd"));
    VM_TRY(library.bind(found.archive_write_set_format_gnutar, "archive_write_set_format_gnutar"));
    VM_TRY(library.bind(found.archive_write_set_format_pax_restricted,
                        "archive_write_set_format_pax_restricted"));
    VM_TRY(library.bind(found.archive_write_set_format_ustar, "archive_write_set_format_ustar"));
    return found;
}

} // namespace

Result<const ArchiveLibrary*> ArchiveLibrary::get()
{
    static const Result<ArchiveLibrary> Library = loadLibrary();
    if (!Library)
        return std::unexpected(Library.error());
    return &*Library;
}

} // namespace engine::block
