// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"
#include "block/pausing_backend.h"
#include "engine/block/disk_test_support.h"

#include <sys/mount.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <semaphore>

// The host below us fails: errors, short transfers, a full disk.

namespace engine::block::test {
namespace {

constexpr std::uint64_t Capacity = 8ULL << 20;

OpenImageOptions withHook(FileIo::FaultHook hook)
{
    OpenImageOptions options;
    options.faultHook = std::move(hook);
    return options;
}

/// Runs the same writes again and again, with the n-th operation failing, until none fails any more.
void failEachOperation(int error, const std::function<bool(const IoOperation&)>& applies)
{
    const TemporaryFolder folder;
    int failing = 0;
    bool hasFailed = true;
    for (; hasFailed && failing < 500; ++failing) {
        const auto path = folder / ("disk" + std::to_string(failing));
        ASSERT_TRUE(createImage(path, {.capacityBytes = Capacity, .clusterBits = 9}));
        int seen = 0;
        hasFailed = false;
        bool isArmed = true;
        Bytes expected;
        Bytes maybe(Capacity); // 1: a write failed or was not flushed
        {
            BlockingDisk disk = openDisk(path); // so that there are tables to be read
            for (std::uint64_t offset = 0; offset + 4096 < Capacity; offset += 100 * 512)
                ASSERT_EQ(disk.write(offset, pattern(4096, offset)), BlockStatus::Ok);
            ASSERT_EQ(disk.flush(), BlockStatus::Ok);
            expected = disk.readAll();
        }
        {
            BlockingDisk disk =
                openDisk(path, ImageFormat::Qcow2, withHook([&](const IoOperation& operation) {
                             std::optional<InjectedFault> fault;
                             if (isArmed && applies(operation) && seen++ == failing) {
                                 fault = InjectedFault{.error = error};
                                 hasFailed = true;
                             }
                             return fault;
                         }));
            std::mt19937_64 random(3);
            for (int i = 0; i < 12; ++i) {
                const std::uint64_t length = 512 * (1 + random() % 40);
                const std::uint64_t offset = random() % ((Capacity - length) / 512) * 512;
                const Bytes bytes = pattern(length, random());
                const auto at = static_cast<std::ptrdiff_t>(offset);
                const bool isDiscard = i % 5 == 4;
                const BlockStatus status =
                    isDiscard ? disk.discard(offset, length) : disk.write(offset, bytes);
                const bool isCertain = status == BlockStatus::Ok && !isDiscard;
                if (isCertain)
                    std::ranges::copy(bytes, expected.begin() + at);
                std::fill_n(maybe.begin() + at, length, std::byte{!isCertain});
            }
            if (disk.flush() != BlockStatus::Ok) {
                EXPECT_TRUE(hasFailed);
                if (error == ENOSPC) {
                    EXPECT_EQ(disk.flush(), BlockStatus::Ok) << "there is space again";
                }
            }
            EXPECT_TRUE(hasFailed || seen > 0);
            isArmed = false;
            const Bytes now = disk.readAll();
            for (std::size_t i = 0; i < Capacity; ++i) {
                if (maybe[i] == std::byte{0} && now[i] != expected[i])
                    FAIL() << "byte " << i << " is wrong after operation " << failing << " failed";
            }
        }
        const auto report = checkQcow2(path, RepairMode::Report);
        ASSERT_TRUE(report) << report.error().message();
        EXPECT_EQ(report->corruptions(), 0U) << "operation " << failing << ": " << report->messages.front();
        std::filesystem::remove(path);
    }
    EXPECT_GT(failing, 5);
    EXPECT_LT(failing, 500);
}

TEST(DiskFaults, NoFailedWriteMakesTheImageUnsound)
{
    failEachOperation(EIO, [](const IoOperation& operation) { return operation.kind == IoKind::Write; });
}

TEST(DiskFaults, NoFailedReadMakesTheImageUnsound)
{
    failEachOperation(EIO, [](const IoOperation& operation) { return operation.kind == IoKind::Read; });
}

TEST(DiskFaults, FullHostLeavesASoundImageThatGoesOn)
{
    failEachOperation(ENOSPC, [](const IoOperation& operation) { return operation.kind == IoKind::Write; });
}

TEST(DiskFaults, FailedSyncIsNeverForgotten)
{
    const TemporaryFolder folder;
    ASSERT_TRUE(createImage(folder / "disk", {.capacityBytes = Capacity}));
    bool fails = false;
    BlockingDisk disk =
        openDisk(folder / "disk", ImageFormat::Qcow2, withHook([&](const IoOperation& operation) {
                     return fails && operation.kind == IoKind::SyncData
                                ? std::optional(InjectedFault{.error = EIO})
                                : std::nullopt;
                 }));
    EXPECT_EQ(disk.write(0, pattern(4096, 1)), BlockStatus::Ok);
    fails = true;
    EXPECT_EQ(disk.flush(), BlockStatus::IoError);
    fails = false;
    EXPECT_EQ(disk.flush(), BlockStatus::IoError) << "the kernel may have dropped what was not written";
}

TEST(DiskFaults, ShortTransfersAreContinued)
{
    const TemporaryFolder folder;
    for (const ImageFormat format : {ImageFormat::Raw, ImageFormat::Qcow2}) {
        const auto path = folder / toString(format);
        ASSERT_TRUE(createImage(path, {.format = format, .capacityBytes = Capacity}));
        std::mt19937_64 random(1);
        BlockingDisk disk = openDisk(
            path, format, withHook([&](const IoOperation& operation) {
                const bool isTransfer = operation.kind == IoKind::Read || operation.kind == IoKind::Write;
                return isTransfer
                           ? std::optional(InjectedFault{.error = 0, .shortBytes = 1 + random() % 9999})
                           : std::nullopt;
            }));
        const Bytes bytes = pattern(Capacity, 4);
        EXPECT_EQ(disk.write(0, bytes), BlockStatus::Ok);
        EXPECT_EQ(disk.flush(), BlockStatus::Ok);
        EXPECT_TRUE(disk.readAll() == bytes);
    }
}

TEST(DiskFaults, InterruptedCallsAreRepeated)
{
    const TemporaryFolder folder;
    ASSERT_TRUE(createImage(folder / "disk", {.capacityBytes = Capacity}));
    int calls = 0;
    BlockingDisk disk =
        openDisk(folder / "disk", ImageFormat::Qcow2, withHook([&](const IoOperation&) {
                     return ++calls % 2 == 0 ? std::optional(InjectedFault{.error = EINTR}) : std::nullopt;
                 }));
    EXPECT_EQ(disk.write(0, pattern(4096, 1)), BlockStatus::Ok);
    EXPECT_EQ(disk.flush(), BlockStatus::Ok);
}

class PausingDisk : public ::testing::Test {
protected:
    void SetUp() override { m_loop = std::move(*EventLoop::create("test-disk")); }

    void open(const std::filesystem::path& path, FileIo::FaultHook hook)
    {
        ASSERT_TRUE(createImage(path, {.capacityBytes = 64 << 20}));
        DiskOptions options;
        options.path = path;
        options.faultHook = std::move(hook);
        auto inner = ImageBackend::open(*m_loop, options);
        ASSERT_TRUE(inner) << inner.error().message();
        m_disk = std::make_unique<PausingBackend>(std::move(*inner), [this] {
            ++m_events;
            m_full.release();
        });
    }
    void write(std::uint64_t offset, Bytes& bytes)
    {
        m_loop->post([this, offset, &bytes] {
            IoVectors from;
            from.append(bytes.data(), bytes.size());
            m_disk->write(offset, std::move(from), [this](BlockStatus status) { finish(status); });
        });
    }
    void flush()
    {
        m_loop->post([this] { m_disk->flush([this](BlockStatus status) { finish(status); }); });
    }
    void finish(BlockStatus status)
    {
        m_lastStatus = status;
        m_done.release();
    }

    TemporaryFolder m_folder;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<PausingBackend> m_disk;
    std::atomic<int> m_events = 0;
    std::atomic<BlockStatus> m_lastStatus = BlockStatus::Ok;
    std::counting_semaphore<> m_full{0};
    std::counting_semaphore<> m_done{0};
};

TEST_F(PausingDisk, FullHostHoldsRequestsUntilThereIsSpace)
{
    std::atomic<bool> isFull = false;
    open(m_folder / "disk", [&](const IoOperation& operation) {
        return isFull && operation.kind == IoKind::Write ? std::optional(InjectedFault{.error = ENOSPC})
                                                         : std::nullopt;
    });
    Bytes first = pattern(65536, 1);
    Bytes second = pattern(65536, 2);
    isFull = true;
    write(0, first);
    m_full.acquire();
    write(1 << 20, second);
    EXPECT_FALSE(m_done.try_acquire_for(std::chrono::milliseconds(50)));
    m_disk->resume(); // too early: it is held again and says so again
    m_full.acquire();
    isFull = false;
    m_disk->resume();
    m_done.acquire();
    m_done.acquire();
    EXPECT_EQ(m_lastStatus, BlockStatus::Ok);
    EXPECT_EQ(m_events, 2);
    flush();
    m_done.acquire();
    EXPECT_EQ(m_lastStatus, BlockStatus::Ok);
    m_disk.reset();
    BlockingDisk disk = openDisk(m_folder / "disk");
    Bytes seen(65536);
    EXPECT_EQ(disk.read(1 << 20, seen), BlockStatus::Ok);
    EXPECT_TRUE(seen == second);
}

TEST_F(PausingDisk, OtherErrorsPassThrough)
{
    open(m_folder / "disk", [&](const IoOperation& operation) {
        return operation.kind == IoKind::Write ? std::optional(InjectedFault{.error = EIO}) : std::nullopt;
    });
    Bytes bytes = pattern(4096, 1);
    write(0, bytes);
    m_done.acquire();
    EXPECT_EQ(m_lastStatus, BlockStatus::IoError);
    EXPECT_EQ(m_events, 0);
}

TEST_F(PausingDisk, ClosingCancelsWhatIsHeld)
{
    open(m_folder / "disk", [&](const IoOperation& operation) {
        return operation.kind == IoKind::Write ? std::optional(InjectedFault{.error = ENOSPC}) : std::nullopt;
    });
    Bytes bytes = pattern(4096, 1);
    write(0, bytes);
    m_full.acquire();
    m_disk.reset();
    EXPECT_TRUE(m_done.try_acquire());
    EXPECT_EQ(m_lastStatus, BlockStatus::Cancelled);
}

/// A real file system that is full: a small one in memory.
TEST_F(PausingDisk, RealFullFileSystemPausesAndGoesOn)
{
    const auto mountPoint = m_folder / "small";
    std::filesystem::create_directory(mountPoint);
    if (::mount("guesthouse-test", mountPoint.c_str(), "tmpfs", 0, "size=4m") != 0)
        GTEST_SKIP() << "mounting a small file system needs more rights";
    writeFile(mountPoint / "ballast", Bytes(2 << 20));
    open(mountPoint / "disk", nullptr);
    Bytes bytes = pattern(3 << 20, 1);
    write(0, bytes);
    m_full.acquire();
    std::filesystem::remove(mountPoint / "ballast");
    m_disk->resume();
    m_done.acquire();
    EXPECT_EQ(m_lastStatus, BlockStatus::Ok);
    m_disk.reset();
    {
        BlockingDisk disk = openDisk(mountPoint / "disk");
        Bytes seen(bytes.size());
        EXPECT_EQ(disk.read(0, seen), BlockStatus::Ok);
        EXPECT_TRUE(seen == bytes);
    }
    const auto report = checkQcow2(mountPoint / "disk", RepairMode::Report);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->corruptions(), 0U);
    EXPECT_EQ(::umount2(mountPoint.c_str(), MNT_DETACH), 0);
}

} // namespace
} // namespace engine::block::test
