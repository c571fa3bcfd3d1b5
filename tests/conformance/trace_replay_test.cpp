// SPDX-License-Identifier: GPL-3.0-or-later
// Starts of two real firmwares, recorded on a reference machine (512 MiB, 2 CPUs, standard VGA, a disk and a
// CD drive), made again on ours: every answer that the mask does not name must be as recorded.
#include "conformance/trace_replay.h"
#include "firmware/firmware_locator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace engine::conformance {
namespace {

namespace fs = std::filesystem;

/// The moment of the recordings, as far as the mask does not hide it.
constexpr auto RecordedAt = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(10);

class TraceReplay : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "trace-replay-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
        for (const char* name : {"disk", "cd"}) {
            std::ofstream(m_folder / name).put('\0');
            fs::resize_file(m_folder / name, 4 << 20);
        }
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    [[nodiscard]] VmConfig config(FirmwareKind firmware) const
    {
        VmConfig config;
        config.memoryBytes = 512 << 20;
        config.cpuCount = 2;
        config.pointer = engine::PointerKind::Ps2; // the recorded machine had no USB controller
        config.firmware.kind = firmware;
        config.disks.push_back({.path = m_folder / "disk", .format = "raw"});
        config.cds.push_back({.path = m_folder / "cd"});
        return config;
    }
    void replay(const std::string& name, FirmwareKind firmware, unsigned leastCompared)
    {
        const fs::path file = fs::path(GUESTHOUSE_SOURCE_DIR) / "../shared/traces" / (name + ".log.gz");
        if (!fs::exists(file))
            GTEST_SKIP() << "no recorded firmware starts beside the source tree";
        const firmware::FirmwareLocator locator;
        if (!locator.seaBios() || !locator.uefi(firmware::SecureBoot::Off) || !locator.vgaBios())
            GTEST_SKIP() << "the firmware packages are not installed";
        const auto accesses = readTrace(file);
        ASSERT_TRUE(accesses) << accesses.error().message();
        const auto machine = SoftwareMachine::create(config(firmware), RecordedAt);
        ASSERT_TRUE(machine) << machine.error().message();
        const auto report = replayTrace(**machine, *accesses);
        ASSERT_TRUE(report) << report.error().message();
        std::cout << report->writes << " writes made; " << report->compared << " answers compared, "
                  << report->comparedInPart << " more in part; " << report->leftOut
                  << " accesses belong to the hypervisor\n";
        for (const auto& [reason, count] : report->masked)
            std::cout << "  masked " << count << ": " << reason << '\n';
        for (const std::string& difference : report->differences)
            ADD_FAILURE() << difference;
        EXPECT_EQ(report->differenceCount, 0U);
        EXPECT_GE(report->compared, leastCompared);
    }

    fs::path m_folder;
};

TEST_F(TraceReplay, SeaBiosGetsTheRecordedAnswers)
{
    replay("sb-q35", FirmwareKind::SeaBios, 2000);
}

TEST_F(TraceReplay, OvmfGetsTheRecordedAnswers)
{
    replay("ovmf-q35", FirmwareKind::Ovmf, 3500);
}

TEST(RecordedTrace, RefusesWhatIsNoLog)
{
    EXPECT_FALSE(readTrace("/nonexistent/trace.gz"));
}

} // namespace
} // namespace engine::conformance
