// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/media_opener.h"

#include "block/create_image.h"
#include "block/image_backend.h"
#include "block/open_image.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

namespace engine {

namespace fs = std::filesystem;

namespace {

/// Where overlays that are thrown away go: on a disk, not in memory, and not where others look.
fs::path temporaryFolder()
{
    const char* named = std::getenv("TMPDIR");
    return named && *named ? named : "/var/tmp";
}

/// Reads on the backend's thread and waits; for the first look at a medium that has just been opened.
MediumReader readerOf(BlockBackend& backend)
{
    return [&backend](std::uint64_t offset, std::span<std::byte> into) {
        const std::uint64_t capacity = backend.info().capacityBytes;
        if (into.size() > capacity || offset > capacity - into.size())
            return false;
        std::promise<BlockStatus> outcome;
        auto answer = outcome.get_future();
        backend.loop().post([&] {
            IoVectors vectors;
            vectors.append(into.data(), into.size());
            backend.read(offset, std::move(vectors),
                         [&outcome](BlockStatus status) { outcome.set_value(status); });
        });
        return answer.get() == BlockStatus::Ok;
    };
}

Result<block::ImageFormat> formatOf(const DiskConfig& disk)
{
    return disk.format.empty() ? block::detectFormat(disk.path) : block::parseImageFormat(disk.format);
}

/// A medium without a single sector is somebody's mistake, which no guest can explain.
Result<> requireContent(const BlockBackend& image, const std::string& path)
{
    constexpr std::uint64_t Sector = 512;
    if (image.info().capacityBytes < Sector)
        return fail(ErrorCode::InvalidArgument, "the disk image '" + path
                                                    + "' is empty; choose another file, or make a disk with "
                                                      "guesthouse disk create");
    return {};
}

} // namespace

Result<std::unique_ptr<MediaOpener>> MediaOpener::open(const VmConfig& config, Log& log, FullHandler onFull)
{
    std::unique_ptr<MediaOpener> opener(new MediaOpener(log, std::move(onFull)));
    for (std::size_t i = 0; i < config.disks.size(); ++i)
        VM_TRY(opener->addDisk(config.disks[i], i));
    for (std::size_t i = 0; i < config.cds.size(); ++i)
        VM_TRY(opener->addCd(config.cds[i], i));
    if (!config.floppyPath.empty())
        VM_TRY(opener->readFloppy(config.floppyPath));
    return opener;
}

MediaOpener::~MediaOpener()
{
    m_media = {}; // backends go before their threads
}

Result<> MediaOpener::addDisk(const DiskConfig& disk, std::size_t index)
{
    m_loops.push_back(VM_TRY(EventLoop::create("disk" + std::to_string(index))));
    block::DiskOptions options{.path = disk.path,
                               .format = VM_TRY(formatOf(disk)),
                               .readOnly = disk.readOnly,
                               .serial =
                                   disk.serial.empty() ? "GH" + std::to_string(index + 1) : disk.serial};
    // Two cylinders of a BIOS' smallest geometry (16 heads, 63 sectors): it starts nothing from less.
    options.leastCapacity = std::uint64_t{1} << 20;
    if (disk.discardChanges)
        options.discardChangesIn = temporaryFolder();
    auto image = VM_TRY(block::ImageBackend::open(*m_loops.back(), options, &m_log));
    VM_TRY(requireContent(*image, disk.path));
    auto pausing = std::make_unique<block::PausingBackend>(std::move(image),
                                                           [this, path = disk.path] { m_onFull(path); });
    m_pausing.push_back(pausing.get());
    const std::string name = "disk " + std::to_string(index + 1);
    m_bootability.push_back(examineDisk(name, readerOf(*pausing)));
    m_media.disks.push_back({.bus = disk.bus, .backend = counted(std::move(pausing), name)});
    return {};
}

void MediaOpener::retryWaiting()
{
    for (block::PausingBackend* backend : m_pausing)
        backend->resume();
}

Result<> MediaOpener::addCd(const CdConfig& cd, std::size_t index)
{
    m_loops.push_back(VM_TRY(EventLoop::create("cd" + std::to_string(index))));
    m_media.cds.push_back({.loop = m_loops.back().get(), .backend = nullptr});
    if (!cd.path.empty())
        m_media.cds.back().backend = VM_TRY(openDisc(index, cd.path));
    return {};
}

Result<std::shared_ptr<BlockBackend>> MediaOpener::openDisc(std::size_t drive, const std::string& path)
{
    if (drive >= m_media.cds.size())
        return fail(ErrorCode::NotFound, "this guest has no CD drive number " + std::to_string(drive)
                                             + "; add one with --cd and start it again");
    const block::DiskOptions options{.path = path, .format = block::ImageFormat::Raw, .readOnly = true};
    auto image = VM_TRY(block::ImageBackend::open(*m_media.cds[drive].loop, options, &m_log));
    VM_TRY(requireContent(*image, path));
    const std::string name = "CD " + std::to_string(drive + 1);
    std::erase_if(m_bootability, [&](const MediumBoot& medium) { return medium.name == name; });
    m_bootability.push_back(examineDisc(name, readerOf(*image)));
    return counted(std::move(image), name);
}

void MediaOpener::discTaken(std::size_t drive)
{
    const std::string name = "CD " + std::to_string(drive + 1);
    std::erase_if(m_bootability, [&](const MediumBoot& medium) { return medium.name == name; });
}

std::shared_ptr<BlockBackend> MediaOpener::counted(std::unique_ptr<BlockBackend> image, std::string name)
{
    auto awaitsRead = std::make_shared<std::atomic<bool>>(true);
    m_awaitsRead.push_back(awaitsRead);
    return std::make_shared<CountingBackend>(std::move(image), m_traffic,
                                             [this, awaitsRead, name = std::move(name)] {
                                                 if (awaitsRead->exchange(false) && m_onFirstRead)
                                                     m_onFirstRead(name);
                                             });
}

void MediaOpener::watchFirstReads()
{
    for (const auto& awaits : m_awaitsRead)
        awaits->store(true);
}

Result<> MediaOpener::readFloppy(const std::string& path)
{
    constexpr std::uintmax_t Sector = 512;
    constexpr std::uintmax_t UsualFloppy = 1'474'560;
    // Firmware knows the standard sizes only; a shorter image becomes the next larger one.
    constexpr std::array<std::uintmax_t, 7> Standard{163'840,   327'680,     368'640,  737'280,
                                                     1'228'800, UsualFloppy, 2'949'120};
    std::error_code problem;
    const auto size = fs::file_size(path, problem);
    if (problem)
        return failSystem("cannot read the floppy image " + path, problem.value());
    const bool isLonger = size > Standard.back();
    m_media.floppyImage.resize(isLonger ? UsualFloppy : *std::ranges::lower_bound(Standard, size));
    std::ifstream file(path, std::ios::binary);
    const auto length = std::min<std::uintmax_t>(size, m_media.floppyImage.size());
    // SAFETY: any bytes may be viewed as chars.
    if (!file.read(reinterpret_cast<char*>(m_media.floppyImage.data()), static_cast<std::streamsize>(length)))
        return failSystem("cannot read the floppy image " + path);
    const bool startsByItself = m_media.floppyImage[Sector - 2] == std::byte{0x55}
                                && m_media.floppyImage[Sector - 1] == std::byte{0xaa};
    if (size < Sector || (isLonger && !startsByItself))
        return fail(ErrorCode::InvalidArgument,
                    path + " is not a floppy image: those have 512 bytes to 2.88 MB, this one has "
                        + std::to_string(size));
    if (isLonger) // as if somebody had copied it to a floppy
        m_log.warning("floppy", "the guest sees the first 1.44 MB of " + path + ", which is longer");
    return {};
}

} // namespace engine
