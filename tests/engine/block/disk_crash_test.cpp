// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"
#include "engine/block/disk_test_support.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>

// A child process writes, flushes, discards and is killed at a random moment. What it had flushed
// must be there, and the image must have no error worse than leaked clusters.

namespace engine::block::test {
namespace {

constexpr std::uint64_t Capacity = 4ULL << 20;
constexpr std::size_t Sectors = Capacity / 512;

/// Shared with the child: which version of each sector was flushed last, and was written last.
/// A version is the number of the round's write; 0 = zeros.
struct Journal {
    std::uint32_t flushed[Sectors];
    std::uint32_t written[Sectors]; ///< set before the write starts
    std::uint32_t counter;
    std::uint32_t operations;
};

Bytes sectorOf(std::size_t sector, std::uint32_t version)
{
    Bytes bytes(512);
    if (version == 0)
        return bytes;
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
        std::memcpy(bytes.data() + i, &sector, 4);
        std::memcpy(bytes.data() + i + 4, &version, 4);
    }
    return bytes;
}

/// The child's life. Several requests are in flight; each sector belongs to one of them at a time.
[[noreturn]] void writeUntilKilled(const std::filesystem::path& path, Journal& journal, unsigned seed)
{
    auto opened = openImage(path, ImageFormat::Qcow2);
    if (!opened)
        ::_exit(1);
    BlockingDisk disk(std::move(*opened));
    std::mt19937_64 random(seed);
    for (;;) {
        const std::size_t first = random() % Sectors;
        const std::size_t count = 1 + random() % std::min<std::size_t>(Sectors - first, 64);
        const std::uint64_t kind = random() % 10;
        if (kind < 7) {
            Bytes bytes;
            const std::uint32_t version = ++journal.counter;
            for (std::size_t i = first; i < first + count; ++i) {
                const Bytes sector = sectorOf(i, version);
                bytes.insert(bytes.end(), sector.begin(), sector.end());
                journal.written[i] = version;
            }
            if (disk.write(first * 512, bytes) != BlockStatus::Ok)
                ::_exit(2);
        } else if (kind < 8) {
            for (std::size_t i = first; i < first + count; ++i)
                journal.written[i] = 0;
            if (disk.zero(first * 512, count * 512, random() % 2 == 0) != BlockStatus::Ok)
                ::_exit(2);
        } else {
            if (disk.flush() != BlockStatus::Ok)
                ::_exit(2);
            std::memcpy(journal.flushed, journal.written, sizeof journal.flushed);
        }
        ++journal.operations;
    }
}

/// A sector holds what was flushed, or something that was written or zeroed afterwards.
void verify(const std::filesystem::path& path, const Journal& journal)
{
    BlockingDisk disk = openDisk(path);
    const Bytes contents = disk.readAll();
    for (std::size_t sector = 0; sector < Sectors; ++sector) {
        const auto seen = std::span(contents).subspan(sector * 512, 512);
        const std::uint32_t flushed = journal.flushed[sector];
        if (std::ranges::equal(seen, sectorOf(sector, flushed)))
            continue;
        // Newer than what was flushed: must be one whole later version of this very sector.
        std::uint32_t version = 0;
        std::memcpy(&version, seen.data() + 4, 4);
        const bool isLater = version > flushed && version <= journal.counter
                             && std::ranges::equal(seen, sectorOf(sector, version));
        const bool isZero = std::ranges::equal(seen, sectorOf(sector, 0));
        const bool wasTouched = journal.written[sector] != flushed || flushed == 0 || isZero;
        ASSERT_TRUE((isLater || isZero) && wasTouched) << "sector " << sector << " lost version " << flushed;
    }
}

TEST(DiskCrash, KilledWriterLosesNothingThatWasFlushed)
{
    const char* const setting = std::getenv("GUESTHOUSE_CRASH_ROUNDS");
    const int rounds = setting != nullptr ? std::atoi(setting) : 8;
    void* const memory =
        ::mmap(nullptr, sizeof(Journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    auto& journal = *static_cast<Journal*>(memory);
    const TemporaryFolder folder;
    std::mt19937 random(9); // decides about moments and seeds
    std::uint64_t operations = 0;
    for (int round = 0; round < rounds; ++round) {
        // A fresh image now and then; otherwise the one that the killed writer left behind.
        const auto path = folder / ("disk" + std::to_string(round / 5));
        if (round % 5 == 0) {
            const unsigned clusterBits = round % 2 == 0 ? 9 : 12;
            ASSERT_TRUE(createImage(path, {.capacityBytes = Capacity, .clusterBits = clusterBits}));
            std::memset(&journal, 0, sizeof journal);
        }
        journal.operations = 0;
        std::memcpy(journal.written, journal.flushed, sizeof journal.written);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0)
            writeUntilKilled(path, journal, static_cast<unsigned>(random()));
        (void)random();
        ::usleep(static_cast<useconds_t>(5000 + random() % 60000));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
        operations += journal.operations;
        const auto report = checkQcow2(path, RepairMode::Report);
        ASSERT_TRUE(report) << report.error().message();
        ASSERT_EQ(report->corruptions(), 0U) << "round " << round << ": " << report->messages.front();
        if (hasQemuImg()) {
            // 3: leaked clusters, nothing else.
            const CommandResult checked = shell("qemu-img check -f qcow2 '" + path.string() + "'");
            ASSERT_TRUE(checked.exitCode == 0 || checked.exitCode == 3) << checked.output.substr(0, 2000);
        }
        verify(path, journal);
        if (::testing::Test::HasFatalFailure())
            return;
        // What is there now has been read from the file: the next round starts from it.
        const Bytes contents = openDisk(path).readAll();
        for (std::size_t sector = 0; sector < Sectors; ++sector)
            std::memcpy(&journal.flushed[sector], contents.data() + sector * 512 + 4, 4);
        journal.counter += 1'000'000;
    }
    EXPECT_GT(operations, static_cast<std::uint64_t>(rounds)) << "the writers got to work";
    ::munmap(memory, sizeof(Journal));
}

} // namespace
} // namespace engine::block::test
