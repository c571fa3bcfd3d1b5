// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/export/vmdk_writer.h"

#include "block/byte_order.h"
#include "block/image_copier.h"
#include "block/image_file.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace engine::block {

namespace {

constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint64_t GrainSectors = 128;
constexpr std::uint64_t GrainBytes = GrainSectors * SectorBytes;
constexpr std::uint64_t EntriesPerTable = 512;
constexpr std::uint64_t TableSectors = EntriesPerTable * sizeof(std::uint32_t) / SectorBytes;
constexpr std::uint64_t HeaderSectors = 128; ///< before the first grain
constexpr std::uint64_t DirectoryAtEnd = ~std::uint64_t{0};
constexpr std::size_t GrainMarkerBytes = 12;

/// Types of the markers between grains.
enum class Marker : std::uint32_t { EndOfStream = 0, Table = 1, Directory = 2, Footer = 3 };

std::array<std::byte, SectorBytes> header(std::uint64_t capacitySectors, std::uint64_t directorySector)
{
    constexpr std::uint32_t NewlineTestCompressedMarkers = 1U << 0 | 1U << 16 | 1U << 17;
    constexpr std::uint64_t DescriptorSectors = 20;
    std::array<std::byte, SectorBytes> raw{};
    const std::span<std::byte> bytes(raw);
    storeLittle(bytes, 0, std::uint32_t{0x564d444b}); // "KDMV"
    storeLittle(bytes, 4, std::uint32_t{3});
    storeLittle(bytes, 8, NewlineTestCompressedMarkers);
    storeLittle(bytes, 12, capacitySectors);
    storeLittle(bytes, 20, GrainSectors);
    storeLittle(bytes, 28, std::uint64_t{1});
    storeLittle(bytes, 36, DescriptorSectors);
    storeLittle(bytes, 44, static_cast<std::uint32_t>(EntriesPerTable));
    storeLittle(bytes, 56, directorySector);
    storeLittle(bytes, 64, HeaderSectors);
    constexpr std::string_view LineEnds = "\n \r\n"; // tell whether a transfer has mangled the file
    std::memcpy(raw.data() + 73, LineEnds.data(), LineEnds.size());
    constexpr std::uint16_t Deflate = 1;
    storeLittle(bytes, 77, Deflate);
    return raw;
}

std::string descriptor(std::uint64_t sectors, const std::string& fileName)
{
    constexpr std::uint64_t Heads = 255;
    constexpr std::uint64_t SectorsPerTrack = 63;
    std::string text = "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n"
                       "createType=\"streamOptimized\"\n\n# Extent description\nRDONLY ";
    text += std::to_string(sectors);
    text += " SPARSE \"" + fileName + "\"\n\n# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = \"4\"\n";
    text += "ddb.geometry.cylinders = \"";
    text += std::to_string(std::clamp<std::uint64_t>(sectors / (Heads * SectorsPerTrack), 1, 65535));
    text +=
        "\"\nddb.geometry.heads = \"255\"\nddb.geometry.sectors = \"63\"\nddb.adapterType = \"lsilogic\"\n";
    return text;
}

class StreamWriter {
public:
    StreamWriter(ImageReader& source, ImageFile& target, const Progress& progress)
        : m_source(source), m_target(target), m_progress(progress),
          m_sectors(source.capacity() / SectorBytes),
          m_directory((m_sectors + GrainSectors * EntriesPerTable - 1) / (GrainSectors * EntriesPerTable))
    {}

    Result<> run()
    {
        VM_TRY(append(header(m_sectors, DirectoryAtEnd)));
        std::string text = descriptor(m_sectors, m_target.path().filename().string());
        text.resize((HeaderSectors - 1) * SectorBytes);
        VM_TRY(append(std::as_bytes(std::span(text))));
        for (std::uint64_t table = 0; table < m_directory.size(); ++table)
            VM_TRY(writeTable(table));
        VM_TRY(writeEnd());
        return m_target.sync();
    }

private:
    Result<> writeTable(std::uint64_t table)
    {
        std::vector<std::byte> entries(EntriesPerTable * sizeof(std::uint32_t));
        bool isUsed = false;
        const std::uint64_t total = m_source.capacity();
        for (std::uint64_t i = 0; i < EntriesPerTable; ++i) {
            const std::uint64_t offset = (table * EntriesPerTable + i) * GrainBytes;
            if (offset >= total)
                break;
            if (m_progress.stop.stop_requested())
                return fail(ErrorCode::Cancelled, "stopped as requested");
            if (!VM_TRY(readGrain(offset)))
                continue;
            isUsed = true;
            storeLittle(std::span(entries), i * sizeof(std::uint32_t), VM_TRY(position()));
            VM_TRY(writeGrain(offset / SectorBytes));
            report(std::min(offset + GrainBytes, total), total);
        }
        if (!isUsed)
            return {};
        VM_TRY(writeMarker(Marker::Table, TableSectors));
        m_directory[table] = VM_TRY(position());
        return append(entries);
    }

    /// False when the grain is zeros, which need no place.
    Result<bool> readGrain(std::uint64_t offset)
    {
        if (offset < m_zeroUntil)
            if (offset + GrainBytes <= m_zeroUntil)
                return false;
        const std::uint64_t left = m_source.capacity() - offset;
        const ImageRun run = runBlocking(m_source.map(offset, left));
        VM_TRY(check(run.status, "reading the disk"));
        if (run.kind == ImageRun::Kind::Zero) {
            m_zeroUntil = run.length == left ? ~std::uint64_t{0} - GrainBytes : offset + run.length;
            if (run.length >= std::min(GrainBytes, left))
                return false;
        }
        std::ranges::fill(m_grain, std::byte{});
        IoVectors into;
        into.append(m_grain.data(), std::min<std::uint64_t>(GrainBytes, left));
        VM_TRY(check(runBlocking(m_source.read(offset, std::move(into))), "reading the disk"));
        return m_grain.front() != std::byte{}
               || std::memcmp(m_grain.data(), m_grain.data() + 1, m_grain.size() - 1) != 0;
    }

    Result<> writeGrain(std::uint64_t sector)
    {
        std::vector<std::byte> packed(GrainMarkerBytes + ::compressBound(GrainBytes) + SectorBytes);
        uLongf length = packed.size() - GrainMarkerBytes - SectorBytes;
        constexpr int Fast = 1;
        const int status = ::compress2(reinterpret_cast<Bytef*>(packed.data() + GrainMarkerBytes), &length,
                                       reinterpret_cast<const Bytef*>(m_grain.data()), m_grain.size(), Fast);
        if (status != Z_OK)
            return fail(ErrorCode::System, "a part of the disk could not be compressed");
        storeLittle(std::span(packed), 0, sector);
        storeLittle(std::span(packed), 8, static_cast<std::uint32_t>(length));
        packed.resize((GrainMarkerBytes + length + SectorBytes - 1) / SectorBytes * SectorBytes);
        std::fill(packed.begin() + static_cast<std::ptrdiff_t>(GrainMarkerBytes + length), packed.end(),
                  std::byte{});
        return append(packed);
    }

    Result<> writeEnd()
    {
        std::vector<std::byte> directory((m_directory.size() * sizeof(std::uint32_t) + SectorBytes - 1)
                                         / SectorBytes * SectorBytes);
        for (std::size_t i = 0; i < m_directory.size(); ++i)
            storeLittle(std::span(directory), i * sizeof(std::uint32_t), m_directory[i]);
        VM_TRY(writeMarker(Marker::Directory, directory.size() / SectorBytes));
        const std::uint64_t directorySector = VM_TRY(position());
        VM_TRY(append(directory));
        VM_TRY(writeMarker(Marker::Footer, 1));
        VM_TRY(append(header(m_sectors, directorySector)));
        return writeMarker(Marker::EndOfStream, 0);
    }

    Result<> writeMarker(Marker type, std::uint64_t sectors)
    {
        std::array<std::byte, SectorBytes> raw{};
        storeLittle(std::span<std::byte>(raw), 0, sectors);
        storeLittle(std::span<std::byte>(raw), 12, std::to_underlying(type));
        return append(raw);
    }

    /// Tables hold sector numbers of 32 bits.
    [[nodiscard]] Result<std::uint32_t> position() const
    {
        const std::uint64_t sector = m_end / SectorBytes;
        if (sector > 0xffff'ffff)
            return fail(ErrorCode::Unsupported, "the disk holds too much for a VMDK image");
        return static_cast<std::uint32_t>(sector);
    }

    Result<> append(std::span<const std::byte> bytes)
    {
        VM_TRY(m_target.writeAt(m_end, bytes));
        m_end += bytes.size();
        return {};
    }

    void report(std::uint64_t done, std::uint64_t total)
    {
        if (!m_progress.report || (done != total && done - m_lastReported < total / 100))
            return;
        m_lastReported = done;
        m_progress.report(done, total);
    }

    ImageReader& m_source;
    ImageFile& m_target;
    const Progress& m_progress;
    const std::uint64_t m_sectors;
    std::vector<std::uint32_t> m_directory;
    std::vector<std::byte> m_grain = std::vector<std::byte>(GrainBytes);
    std::uint64_t m_end = 0;
    std::uint64_t m_zeroUntil = 0; ///< the source is known to be zeros up to here
    std::uint64_t m_lastReported = 0;
};

} // namespace

Result<> writeStreamVmdk(ImageReader& source, const std::filesystem::path& target, const Progress& progress)
{
    ImageFile file = VM_TRY(ImageFile::createNew(target));
    auto written = StreamWriter(source, file, progress).run();
    if (!written)
        ::unlink(target.c_str());
    return written;
}

} // namespace engine::block
