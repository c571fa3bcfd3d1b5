// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the chipset's ports with the accesses that real firmware made on a reference machine (same memory
// size and processors) and compares every answer. What depends on the time of the recording is masked.
#include "base/manual_clock.h"
#include "bus/bus.h"
#include "devices/chipset/acpi_pm.h"
#include "devices/chipset/debug_ports.h"
#include "devices/chipset/fw_cfg.h"
#include "devices/chipset/i8042.h"
#include "devices/chipset/legacy_stubs.h"
#include "devices/chipset/rtc.h"
#include "devices/chipset/serial_port.h"
#include "devices/chipset/system_ports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <filesystem>

namespace engine {
namespace {

struct Access {
    bool isWrite = false;
    std::uint64_t port = 0;
    std::uint64_t value = 0;
    std::size_t width = 0;
    std::string region;
};

std::vector<Access> readRecording(const std::string& log)
{
    std::vector<Access> accesses;
    const std::string command = "zcat '" + log + "' | grep memory_region_ops";
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe)
        return accesses;
    std::array<char, 512> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), pipe)) {
        const std::string text(line.data());
        const auto behind = [&](std::string_view word) { return text.substr(text.find(word) + word.size()); };
        const std::string name = behind("name '");
        accesses.push_back({.isWrite = text.find("ops_write") != std::string::npos,
                            .port = std::stoull(behind("addr "), nullptr, 16),
                            .value = std::stoull(behind("value "), nullptr, 16),
                            .width = std::stoull(behind("size "), nullptr, 10),
                            .region = name.substr(0, name.find('\''))});
    }
    pclose(pipe);
    return accesses;
}

/// The chipset's ports as a machine inserts them.
class ReplayTest : public testing::Test {
protected:
    ReplayTest()
    {
        insert(0x0000, 16, m_dma0);
        insert(0x0060, 1, m_keyboard.dataPort());
        insert(0x0064, 1, m_keyboard.commandPort());
        insert(0x0070, 2, m_rtc);
        insert(0x0092, 1, m_portA);
        insert(0x00c0, 32, m_dma1);
        insert(0x0378, 3, m_parallel);
        insert(0x03f8, 8, m_serial);
        insert(0x0402, 1, m_debugCon);
        insert(0x0510, 2, m_fwCfg.ports());
        insert(0x0514, 8, m_fwCfg.dmaPorts());
        insert(0x0600, AcpiPm::BlockBytes, m_pm);
        m_rtc.setCmos(0x38, 0x30); // boot order
        m_rtc.setCmos(0x3d, 0x12);
        m_rtc.setCmos(0x5f, 1); // processors but the first
        constexpr auto Signature =
            std::to_array({std::byte{'Q'}, std::byte{'E'}, std::byte{'M'}, std::byte{'U'}});
        EXPECT_TRUE(m_fwCfg.setItem(0x0000, {Signature.begin(), Signature.end()}));
        EXPECT_TRUE(m_fwCfg.setNumber<std::uint32_t>(0x0001, 3));
        EXPECT_TRUE(m_fwCfg.setNumber<std::uint16_t>(0x0005, 2));
        EXPECT_TRUE(m_fwCfg.setNumber<std::uint16_t>(0x000e, 0));
    }
    static GuestMemory createMemory()
    {
        return GuestMemory::create({{GuestAddress(0), HostBlock::create("ram", 512 << 20).value()}}).value();
    }
    void insert(std::uint64_t base, std::uint64_t length, BusDevice& device)
    {
        EXPECT_TRUE(m_ports.insert({base, length}, device));
    }
    [[nodiscard]] bool isMasked(const Access& access) const
    {
        if (access.region == "acpi-tmr") // the timer counts real time
            return true;
        // Seconds and minutes run, and the update-ended flag depends on when it is looked at.
        return access.region == "rtc" && (m_rtcIndex == 0x00 || m_rtcIndex == 0x02 || m_rtcIndex == 0x0c);
    }
    /// Returns how many answers were compared.
    unsigned replay(const std::string& name, const std::vector<std::string>& regions)
    {
        const std::string log = std::string(GUESTHOUSE_SOURCE_DIR) + "/../shared/traces/" + name + ".log.gz";
        unsigned compared = 0;
        for (const Access& access : readRecording(log)) {
            if (std::ranges::find(regions, access.region) == regions.end())
                continue;
            std::array<std::byte, 8> buffer{};
            const auto data = std::span(buffer).first(access.width);
            if (access.isWrite) {
                // The DMA window is big-endian and the recording shows its value, not the bytes on the bus.
                storeLittleEndian(data, access.region == "fwcfg.dma"
                                            ? std::byteswap(static_cast<std::uint32_t>(access.value))
                                            : access.value);
                m_ports.write(access.port, data);
                if (access.port == 0x70)
                    m_rtcIndex = access.value & 0x7f;
                continue;
            }
            m_ports.read(access.port, data);
            if (isMasked(access))
                continue;
            EXPECT_EQ(loadLittleEndian(data), access.value)
                << access.region << " port " << access.port << " index " << m_rtcIndex << " after "
                << compared;
            ++compared;
        }
        return compared;
    }
    static bool hasRecording(const std::string& name)
    {
        return std::filesystem::exists(std::string(GUESTHOUSE_SOURCE_DIR) + "/../shared/traces/" + name
                                       + ".log.gz");
    }

    // The moment of the recordings, as far as it is not masked.
    ManualClock m_clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(10)};
    UnconnectedIrqLine m_irq;
    GuestMemory m_memory = createMemory();
    Log m_log;
    Bus m_ports;
    DmaController m_dma0{"dma0", 1};
    DmaController m_dma1{"dma1", 2};
    I8042 m_keyboard{m_irq, m_irq, {}};
    Rtc m_rtc{m_irq, m_clock};
    SystemControlPortA m_portA{{}};
    ParallelPort m_parallel;
    SerialPort m_serial{"com1", m_irq, m_clock, nullptr};
    DebugCon m_debugCon{nullptr};
    FwCfg m_fwCfg{m_memory, m_log};
    AcpiPm m_pm{m_irq, m_clock};
    std::uint64_t m_rtcIndex = 0;
};

TEST_F(ReplayTest, SeaBiosGetsTheAnswersOfTheReferenceMachine)
{
    if (!hasRecording("sb-q35"))
        GTEST_SKIP() << "no recorded firmware start";
    const auto compared =
        replay("sb-q35", {"rtc", "rtc-index", "port92", "isa-debugcon", "fwcfg", "fwcfg.dma", "dma-cont",
                          "acpi-smi", "acpi-tmr", "i8042-cmd", "i8042-data", "parallel", "serial"});
    EXPECT_GT(compared, 1450U);
}

TEST_F(ReplayTest, UefiGetsTheAnswersOfTheReferenceMachine)
{
    if (!hasRecording("ovmf-q35"))
        GTEST_SKIP() << "no recorded firmware start";
    // Writes to the keyboard controller's command port are missing in this recording, so its data means
    // nothing.
    const auto compared =
        replay("ovmf-q35", {"rtc", "rtc-index", "port92", "fwcfg", "fwcfg.dma", "acpi-cnt"});
    EXPECT_GT(compared, 400U);
}

} // namespace
} // namespace engine
