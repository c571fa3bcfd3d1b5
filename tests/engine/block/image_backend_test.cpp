// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/disk_test_support.h"

#include <algorithm>
#include <atomic>
#include <semaphore>

namespace engine::block::test {
namespace {

struct Variant {
    const char* name;
    ImageFormat format;
    IoEngineChoice engine;
};

/// Drives a backend from outside of its loop, as a device model drives it from inside.
class BackendTest : public ::testing::TestWithParam<Variant> {
protected:
    void SetUp() override
    {
        auto loop = EventLoop::create("test-disk");
        ASSERT_TRUE(loop);
        m_loop = std::move(*loop);
        const auto created = createImage(path(), {.format = GetParam().format, .capacityBytes = Capacity});
        ASSERT_TRUE(created) << created.error().message();
        open();
    }
    void TearDown() override { m_disk.reset(); }

    void open()
    {
        DiskOptions options;
        options.path = path();
        options.format = GetParam().format;
        options.engine = GetParam().engine;
        options.serial = "SERIAL-NUMBER-LONGER-THAN-TWENTY";
        auto disk = ImageBackend::open(*m_loop, options, &m_log);
        if (!disk && GetParam().engine == IoEngineChoice::Uring)
            GTEST_SKIP() << "io_uring is not available here: " << disk.error().message();
        ASSERT_TRUE(disk) << disk.error().message();
        m_disk = std::move(*disk);
    }
    [[nodiscard]] std::filesystem::path path() const { return m_folder / "disk.img"; }

    /// Starts a request on the loop and waits for its completion.
    template <class Start>
    BlockStatus wait(Start start)
    {
        std::binary_semaphore done(0);
        BlockStatus result = BlockStatus::Ok;
        m_loop->post([&] {
            start([&](BlockStatus status) {
                result = status;
                done.release();
            });
        });
        done.acquire();
        return result;
    }
    BlockStatus write(std::uint64_t offset, Bytes& bytes)
    {
        IoVectors from;
        from.append(bytes.data(), bytes.size());
        return wait([&](auto done) { m_disk->write(offset, from, std::move(done)); });
    }
    BlockStatus read(std::uint64_t offset, Bytes& bytes)
    {
        IoVectors into;
        into.append(bytes.data(), bytes.size());
        return wait([&](auto done) { m_disk->read(offset, into, std::move(done)); });
    }
    BlockStatus flush()
    {
        return wait([&](auto done) { m_disk->flush(std::move(done)); });
    }

    static constexpr std::uint64_t Capacity = 24ULL << 20;
    TemporaryFolder m_folder{TemporaryFolder::Where::Storage};
    Log m_log;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<ImageBackend> m_disk;
};

TEST_P(BackendTest, TellsWhatItIs)
{
    const BlockInfo info = m_disk->info();
    EXPECT_EQ(info.capacityBytes, Capacity);
    EXPECT_EQ(info.format, toString(GetParam().format));
    EXPECT_EQ(info.serial, "SERIAL-NUMBER-LONGER");
    EXPECT_FALSE(info.readOnly);
    EXPECT_TRUE(info.canDiscard);
}

TEST_P(BackendTest, RefusesRequestsOutsideOfTheDisk)
{
    Bytes sector(512);
    EXPECT_EQ(read(Capacity, sector), BlockStatus::OutOfRange);
    EXPECT_EQ(read(Capacity - 512, sector), BlockStatus::Ok);
    EXPECT_EQ(write(~std::uint64_t{511}, sector), BlockStatus::OutOfRange);
    EXPECT_EQ(read(256, sector), BlockStatus::OutOfRange);
    Bytes odd(100);
    EXPECT_EQ(write(0, odd), BlockStatus::OutOfRange);
    EXPECT_EQ(wait([&](auto done) { m_disk->discard(0, Capacity + 512, std::move(done)); }),
              BlockStatus::OutOfRange);
    EXPECT_EQ(wait([&](auto done) { m_disk->writeZeroes(512, Capacity, true, std::move(done)); }),
              BlockStatus::OutOfRange);
}

TEST_P(BackendTest, SecondOpenIsRefusedWithASentence)
{
    DiskOptions options;
    options.path = path();
    options.format = GetParam().format;
    const auto second = ImageBackend::open(*m_loop, options);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Busy);
    EXPECT_NE(second.error().message().find("is in use"), std::string::npos) << second.error().message();
}

/// Many requests at once over the same clusters; each owns its sectors, so the result is certain.
TEST_P(BackendTest, OverlappingRequestsKeepEverySector)
{
    constexpr std::size_t PartBytes = 1536; // crosses cluster borders now and then
    const std::size_t parts = Capacity / PartBytes;
    std::mt19937 random(5);
    Bytes expected = pattern(Capacity, 17);
    std::vector<std::size_t> order(parts);
    for (std::size_t i = 0; i < parts; ++i)
        order[i] = i;
    std::ranges::shuffle(order, random);
    std::counting_semaphore<> room(64);
    std::atomic<unsigned> failures = 0;
    for (const std::size_t part : order) {
        room.acquire();
        m_loop->post([&, part] {
            IoVectors from;
            from.append(expected.data() + part * PartBytes, 512);
            from.append(expected.data() + part * PartBytes + 512, PartBytes - 512);
            m_disk->write(part * PartBytes, std::move(from), [&](BlockStatus status) {
                failures += status == BlockStatus::Ok ? 0 : 1;
                room.release();
            });
            if (part % 500 == 0)
                m_disk->flush([&](BlockStatus status) { failures += status == BlockStatus::Ok ? 0 : 1; });
        });
    }
    for (int i = 0; i < 64; ++i)
        room.acquire();
    EXPECT_EQ(flush(), BlockStatus::Ok);
    EXPECT_EQ(failures, 0U);
    expected.resize(parts * PartBytes);
    Bytes seen(parts * PartBytes);
    EXPECT_EQ(read(0, seen), BlockStatus::Ok);
    EXPECT_TRUE(seen == expected);
    m_disk.reset();
    expected.resize(Capacity);
    if (!hasQemuImg())
        return;
    if (GetParam().format == ImageFormat::Qcow2) {
        EXPECT_TRUE(qemuCheckIsClean(path()));
    }
    EXPECT_TRUE(qemuSeesContents(path(), toString(GetParam().format), expected));
}

/// Writes, discards, zeroes and flushes race on the same clusters: contents are not certain, but
/// the image must stay whole.
TEST_P(BackendTest, RacingRequestsLeaveAHealthyImage)
{
    std::mt19937_64 random(11);
    Bytes source = pattern(256 * 1024, 3);
    std::counting_semaphore<> room(32);
    std::atomic<unsigned> failures = 0;
    const auto finish = [&](BlockStatus status) {
        failures += status == BlockStatus::Ok ? 0 : 1;
        room.release();
    };
    for (int i = 0; i < 4000; ++i) {
        room.acquire();
        const std::uint64_t length = 512 * (1 + random() % 512);
        const std::uint64_t offset = random() % ((Capacity - length) / 512) * 512;
        m_loop->post([&, offset, length, kind = random() % 10] {
            IoVectors from;
            from.append(source.data(), length);
            auto sink = std::make_unique<Bytes>(length);
            IoVectors into;
            into.append(sink->data(), length);
            switch (kind) {
            case 0: m_disk->discard(offset, length, finish); break;
            case 1: m_disk->writeZeroes(offset, length, true, finish); break;
            case 2: m_disk->writeZeroes(offset, length, false, finish); break;
            case 3: m_disk->flush(finish); break;
            case 4:
            case 5:
                m_disk->read(offset, std::move(into),
                             [kept = std::move(sink), finish](BlockStatus status) { finish(status); });
                break;
            default: m_disk->write(offset, std::move(from), finish); break;
            }
        });
    }
    for (int i = 0; i < 32; ++i)
        room.acquire();
    EXPECT_EQ(failures, 0U);
    Bytes before(Capacity);
    EXPECT_EQ(read(0, before), BlockStatus::Ok);
    m_disk.reset();
    if (!hasQemuImg() || GetParam().format != ImageFormat::Qcow2)
        return;
    EXPECT_TRUE(qemuCheckIsClean(path()));
    EXPECT_TRUE(qemuSeesContents(path(), "qcow2", before));
}

TEST_P(BackendTest, GrowsWhileInUse)
{
    Bytes bytes = pattern(65536, 1);
    EXPECT_EQ(write(Capacity - bytes.size(), bytes), BlockStatus::Ok);
    constexpr std::uint64_t Larger = 3ULL << 30;
    EXPECT_EQ(wait([&](auto done) { m_disk->grow(Larger, std::move(done)); }), BlockStatus::Ok);
    EXPECT_EQ(m_disk->info().capacityBytes, Larger);
    EXPECT_EQ(write(Larger - bytes.size(), bytes), BlockStatus::Ok);
    EXPECT_EQ(wait([&](auto done) { m_disk->grow(Capacity, std::move(done)); }), BlockStatus::OutOfRange);
    m_disk.reset();
    open();
    Bytes seen(bytes.size());
    EXPECT_EQ(read(Larger - bytes.size(), seen), BlockStatus::Ok);
    EXPECT_EQ(seen, bytes);
    EXPECT_EQ(read(Larger - 2 * bytes.size(), seen), BlockStatus::Ok);
    EXPECT_EQ(seen, Bytes(bytes.size()));
    m_disk.reset();
    if (hasQemuImg() && GetParam().format == ImageFormat::Qcow2) {
        EXPECT_TRUE(qemuCheckIsClean(path()));
    }
}

TEST_P(BackendTest, ClosingCompletesWhatIsInFlight)
{
    Bytes bytes = pattern(Capacity, 23);
    std::atomic<unsigned> completed = 0;
    m_loop->runAndWait([&] {
        for (std::uint64_t offset = 0; offset < Capacity; offset += 65536) {
            IoVectors from;
            from.append(bytes.data() + offset, 65536);
            m_disk->write(offset, std::move(from), [&](BlockStatus status) {
                EXPECT_EQ(status, BlockStatus::Ok);
                ++completed;
            });
        }
    });
    m_disk.reset();
    EXPECT_EQ(completed, Capacity / 65536);
    open();
    Bytes seen(Capacity);
    EXPECT_EQ(read(0, seen), BlockStatus::Ok);
    EXPECT_TRUE(seen == bytes);
}

TEST_P(BackendTest, DiscardedChangesLeaveTheImageAlone)
{
    Bytes before = pattern(65536, 1);
    EXPECT_EQ(write(0, before), BlockStatus::Ok);
    m_disk.reset();
    DiskOptions options;
    options.path = path();
    options.format = GetParam().format;
    options.engine = GetParam().engine;
    options.discardChangesIn = m_folder.path();
    auto temporary = ImageBackend::open(*m_loop, options, &m_log);
    ASSERT_TRUE(temporary) << temporary.error().message();
    m_disk = std::move(*temporary);
    Bytes after = pattern(65536, 2);
    EXPECT_EQ(write(0, after), BlockStatus::Ok);
    Bytes seen(65536);
    EXPECT_EQ(read(0, seen), BlockStatus::Ok);
    EXPECT_TRUE(seen == after);
    m_disk.reset();
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(m_folder.path()), {}), 1);
    open();
    EXPECT_EQ(read(0, seen), BlockStatus::Ok);
    EXPECT_TRUE(seen == before);
}

/// A boot sector as a disk: firmware needs cylinders, so zeros follow.
TEST_P(BackendTest, ShortImagesShowALargerDisk)
{
    constexpr std::uint64_t Shown = 1 << 20;
    m_disk.reset();
    std::filesystem::remove(path());
    ASSERT_TRUE(createImage(path(), {.format = GetParam().format, .capacityBytes = 1024}));
    const auto openPadded = [&](std::filesystem::path overlay) {
        DiskOptions options{.path = path(), .format = GetParam().format};
        options.discardChangesIn = std::move(overlay);
        options.leastCapacity = Shown;
        options.engine = GetParam().engine;
        auto disk = ImageBackend::open(*m_loop, options, &m_log);
        ASSERT_TRUE(disk) << disk.error().message();
        m_disk = std::move(*disk);
    };
    openPadded({});
    EXPECT_EQ(m_disk->info().capacityBytes, Shown);
    Bytes sector = pattern(512, 3);
    EXPECT_EQ(write(512, sector), BlockStatus::Ok);
    m_disk.reset();
    openPadded(m_folder.path());
    Bytes end = pattern(512, 4);
    EXPECT_EQ(write(Shown - 512, end), BlockStatus::Ok) << "into the overlay";
    m_disk.reset();
    openPadded({});
    Bytes seen(2048, std::byte{0xee});
    EXPECT_EQ(read(0, seen), BlockStatus::Ok);
    Bytes expected(2048);
    std::ranges::copy(sector, expected.begin() + 512);
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(wait([&](auto done) { m_disk->writeZeroes(65536, 4096, true, std::move(done)); }),
              BlockStatus::Ok);
    EXPECT_EQ(wait([&](auto done) { m_disk->discard(0, Shown, std::move(done)); }), BlockStatus::Ok);
    m_disk.reset();
    open();
    EXPECT_EQ(m_disk->info().capacityBytes, 1024U) << "nobody wrote behind the end";
    m_disk.reset();
    openPadded({});
    EXPECT_EQ(read(Shown, sector), BlockStatus::OutOfRange);
    std::atomic<unsigned> completed = 0;
    m_loop->runAndWait([&] { // two at a time: both find that the image is too short
        for (const std::uint64_t offset : {std::uint64_t{512}, Shown - 512}) {
            IoVectors from;
            from.append(end.data(), end.size());
            m_disk->write(offset, std::move(from), [&](BlockStatus status) {
                EXPECT_EQ(status, BlockStatus::Ok);
                ++completed;
            });
        }
    });
    m_disk.reset();
    EXPECT_EQ(completed, 2U);
    open();
    EXPECT_EQ(m_disk->info().capacityBytes, Shown);
    Bytes last(512);
    EXPECT_EQ(read(Shown - 512, last), BlockStatus::Ok);
    EXPECT_EQ(last, end);
    m_disk.reset();
    if (hasQemuImg() && GetParam().format == ImageFormat::Qcow2) {
        EXPECT_TRUE(qemuCheckIsClean(path()));
    }
}

TEST_P(BackendTest, CancelledRequestsStillComplete)
{
    constexpr std::size_t PartBytes = 1 << 18;
    Bytes bytes(100 * PartBytes);
    std::atomic<unsigned> completed = 0;
    m_loop->runAndWait([&] {
        for (std::size_t i = 0; i < 100; ++i) {
            IoVectors into;
            into.append(bytes.data() + i * PartBytes, PartBytes);
            m_disk->read(0, std::move(into), [&](BlockStatus status) {
                EXPECT_TRUE(status == BlockStatus::Ok || status == BlockStatus::Cancelled);
                ++completed;
            });
        }
        m_disk->cancelPending();
    });
    m_disk.reset();
    EXPECT_EQ(completed, 100U);
}

INSTANTIATE_TEST_SUITE_P(Engines, BackendTest,
                         ::testing::Values(Variant{"RawUring", ImageFormat::Raw, IoEngineChoice::Uring},
                                           Variant{"RawThreads", ImageFormat::Raw, IoEngineChoice::Threads},
                                           Variant{"Qcow2Uring", ImageFormat::Qcow2, IoEngineChoice::Uring},
                                           Variant{"Qcow2Threads", ImageFormat::Qcow2,
                                                   IoEngineChoice::Threads}),
                         [](const auto& info) { return std::string(info.param.name); });

} // namespace
} // namespace engine::block::test
