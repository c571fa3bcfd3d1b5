// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/archive_library.h"

#include "base/shared_library.h"

namespace engine::block {

namespace {

Result<ArchiveLibrary> loadLibrary()
{
    const SharedLibrary library =
        VM_TRY(SharedLibrary::load(LIBARCHIVE_SONAME, "packages of virtual machines (OVA)"));
    ArchiveLibrary found;
    VM_TRY(library.bind(found.archive_entry_filetype, "archive_entry_filetype"));
    VM_TRY(library.bind(found.archive_entry_pathname, "archive_entry_pathname"));
    VM_TRY(library.bind(found.archive_entry_size, "archive_entry_size"));
    VM_TRY(library.bind(found.archive_read_data, "archive_read_data"));
    VM_TRY(library.bind(found.archive_read_data_block, "archive_read_data_block"));
    VM_TRY(library.bind(found.archive_read_free, "archive_read_free"));
    VM_TRY(library.bind(found.archive_read_new, "archive_read_new"));
    VM_TRY(library.bind(found.archive_read_next_header, "archive_read_next_header"));
    VM_TRY(library.bind(found.archive_read_open_fd, "archive_read_open_fd"));
    VM_TRY(library.bind(found.archive_read_support_format_tar, "archive_read_support_format_tar"));
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
