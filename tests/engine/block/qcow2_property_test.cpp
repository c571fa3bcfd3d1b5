// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/disk_test_support.h"

#include <algorithm>

// Random operations on an image and on an array of bytes in memory must agree, across reopening, and
// the reference tools must find nothing wrong with the file.

namespace engine::block::test {
namespace {

struct Scenario {
    const char* name;
    unsigned clusterBits;
    std::uint64_t capacity;
    int operations;
    bool hasBase;
    bool isVersion2 = false;
};

class Oracle {
public:
    Oracle(const Scenario& scenario, const std::filesystem::path& path)
        : m_scenario(scenario), m_path(path), m_random(scenario.clusterBits * 7919 + 1)
    {}

    void run(Bytes contents)
    {
        m_expected = std::move(contents);
        auto disk = std::make_unique<BlockingDisk>(openDisk(m_path));
        for (int i = 0; i < m_scenario.operations; ++i) {
            step(*disk);
            if (::testing::Test::HasFailure())
                FAIL() << "at operation " << i;
            if (i % 1000 == 999) {
                ASSERT_EQ(disk->flush(), BlockStatus::Ok);
                disk.reset();
                disk = std::make_unique<BlockingDisk>(openDisk(m_path));
            }
        }
        ASSERT_EQ(disk->flush(), BlockStatus::Ok);
        ASSERT_EQ(disk->readAll(), m_expected);
    }

    [[nodiscard]] const Bytes& expected() const { return m_expected; }

private:
    std::uint64_t below(std::uint64_t limit) { return m_random() % limit; }

    void step(BlockingDisk& disk)
    {
        const std::uint64_t sectors = m_expected.size() / 512;
        const std::uint64_t first = below(sectors);
        const std::uint64_t longest = below(8) == 0 ? 1024 : 48;
        const std::uint64_t count = 1 + below(std::min(sectors - first, longest));
        const std::uint64_t offset = first * 512;
        const std::uint64_t length = count * 512;
        const auto part = std::span(m_expected).subspan(offset, length);
        const std::uint64_t kind = below(100);
        if (kind < 45) {
            const Bytes bytes = pattern(length, m_random());
            std::ranges::copy(bytes, part.begin());
            EXPECT_EQ(disk.write(offset, bytes), BlockStatus::Ok);
        } else if (kind < 75) {
            Bytes bytes(length);
            EXPECT_EQ(disk.read(offset, bytes), BlockStatus::Ok);
            EXPECT_TRUE(std::ranges::equal(bytes, part)) << offset << '+' << length;
        } else if (kind < 85) {
            std::ranges::fill(part, std::byte{});
            EXPECT_EQ(disk.zero(offset, length, below(2) == 0), BlockStatus::Ok);
        } else if (kind < 95) {
            EXPECT_EQ(disk.discard(offset, length), BlockStatus::Ok);
            // What was discarded may read as anything; from now on it is what it reads as.
            EXPECT_EQ(disk.read(offset, part), BlockStatus::Ok);
        } else if (kind < 99) {
            EXPECT_EQ(disk.flush(), BlockStatus::Ok);
        } else if (m_expected.size() < 2 * m_scenario.capacity) {
            m_expected.resize(m_expected.size() + 512 * (1 + below(200)));
            EXPECT_EQ(disk.grow(m_expected.size()), BlockStatus::Ok);
        }
    }

    const Scenario& m_scenario;
    std::filesystem::path m_path;
    std::mt19937_64 m_random;
    Bytes m_expected;
};

class Qcow2Property : public ::testing::TestWithParam<Scenario> {};

TEST_P(Qcow2Property, RandomOperationsAgreeWithMemoryAndWithTheReference)
{
    const Scenario& scenario = GetParam();
    const TemporaryFolder folder;
    const auto path = folder / "disk.qcow2";
    Bytes contents(scenario.capacity);
    CreateImageOptions options{.capacityBytes = scenario.capacity, .clusterBits = scenario.clusterBits};
    if (scenario.hasBase) {
        const Bytes base = pattern(scenario.capacity / 2 / 512 * 512, 99);
        writeFile(folder / "base.raw", base);
        std::ranges::copy(base, contents.begin());
        options.base = folder / "base.raw";
        options.baseFormat = ImageFormat::Raw;
    }
    if (scenario.isVersion2) {
        ASSERT_TRUE(hasQemuImg());
        ASSERT_EQ(shell("qemu-img create -f qcow2 -o compat=0.10 '" + path.string() + "' "
                        + std::to_string(scenario.capacity))
                      .exitCode,
                  0);
    } else {
        const auto created = createImage(path, options);
        ASSERT_TRUE(created) << created.error().message();
    }
    Oracle oracle(scenario, path);
    oracle.run(std::move(contents));
    if (HasFatalFailure() || !hasQemuImg())
        return;
    EXPECT_TRUE(qemuCheckIsClean(path));
    EXPECT_TRUE(qemuSeesContents(path, "qcow2", oracle.expected()));
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Qcow2Property,
                         ::testing::Values(Scenario{.name = "Default",
                                                    .clusterBits = 16,
                                                    .capacity = 40 << 20,
                                                    .operations = 10000,
                                                    .hasBase = false},
                                           Scenario{.name = "SmallestClusters",
                                                    .clusterBits = 9,
                                                    .capacity = 12 << 20,
                                                    .operations = 10000,
                                                    .hasBase = false},
                                           Scenario{.name = "Overlay",
                                                    .clusterBits = 12,
                                                    .capacity = 12 << 20,
                                                    .operations = 10000,
                                                    .hasBase = true},
                                           Scenario{.name = "LargestClusters",
                                                    .clusterBits = 21,
                                                    .capacity = 40 << 20,
                                                    .operations = 1500,
                                                    .hasBase = false},
                                           Scenario{.name = "OddSize",
                                                    .clusterBits = 16,
                                                    .capacity = (5 << 20) + 512,
                                                    .operations = 3000,
                                                    .hasBase = true},
                                           Scenario{.name = "Version2",
                                                    .clusterBits = 16,
                                                    .capacity = 20 << 20,
                                                    .operations = 3000,
                                                    .hasBase = false,
                                                    .isVersion2 = true}),
                         [](const auto& info) { return std::string(info.param.name); });

} // namespace
} // namespace engine::block::test
