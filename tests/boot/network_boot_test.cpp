// SPDX-License-Identifier: GPL-3.0-or-later
// Network boot with the distribution's iPXE as the card's option ROM: a driver of others for both cards.
#include "boot/guest_harness.h"
#include "firmware/firmware_locator.h"
#include "support/loopback_server.h"

#include <stdlib.h>

#include <fstream>

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using engine::NetworkModel;

class NetworkBoot : public testing::TestWithParam<NetworkModel> {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        const auto card = GetParam() == NetworkModel::Virtio ? engine::firmware::NetworkCard::Virtio
                                                             : engine::firmware::NetworkCard::E1000e;
        const auto rom =
            engine::firmware::FirmwareLocator().networkBootRom(card, engine::firmware::RomKind::Bios);
        if (!rom)
            GTEST_SKIP() << rom.error().message();
        std::string pattern = "/tmp/ghpxe-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
    }
    void TearDown() override
    {
        if (!m_folder.empty())
            fs::remove_all(m_folder);
    }
    [[nodiscard]] engine::VmConfig config(const std::string& bootFile) const
    {
        engine::VmConfig config;
        config.name = "pxe";
        config.memoryBytes = std::uint64_t{128} << 20;
        config.bootOrder = {engine::BootDevice::Network};
        config.networks.push_back({.model = GetParam(),
                                   .allowHostLoopback = true,
                                   .tftpFolder = m_folder.string(),
                                   .bootFile = bootFile});
        return config;
    }
    /// Waits for `text`; `m_obstacle` says why it cannot come any more.
    [[nodiscard]] bool waitFor(boot::Guest& guest, const std::string& text, std::chrono::seconds limit)
    {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < deadline && m_obstacle.empty()) {
            if (guest.waitForScreen(text, 2s))
                return true;
            for (const engine::Milestone& milestone : guest.vm().milestones())
                if (milestone.name == "triple-fault")
                    m_obstacle = milestone.detail;
            if (guest.vm().state() == engine::VmState::Failed)
                m_obstacle = guest.reason();
        }
        return false;
    }
    std::string m_obstacle;
    fs::path m_folder;
};

TEST_P(NetworkBoot, GetsAnAddressAndRunsAScriptThatCameByTftpAndHttp)
{
    const engine::test::HttpServer server(
        "#!ipxe\necho CAME-BY-HTTP on ${net0/ip} via ${net0/chip}\nshell\n");
    std::ofstream(m_folder / "boot.ipxe")
        << "#!ipxe\necho CAME-BY-TFTP\nchain http://10.0.2.2:" << server.port() << "/next.ipxe\n";
    boot::Guest guest(config("boot.ipxe"));
    ASSERT_TRUE(guest.start()) << guest.error();
    const bool scripts =
        waitFor(guest, "CAME-BY-TFTP", 600s) && waitFor(guest, "CAME-BY-HTTP on 10.0.2.15", 300s);
    EXPECT_TRUE(scripts) << m_obstacle << guest.screen();
    EXPECT_NE(guest.screen().find("net0: 10.0.2.15"), std::string::npos) << guest.screen();
}

INSTANTIATE_TEST_SUITE_P(Cards, NetworkBoot, testing::Values(NetworkModel::E1000e, NetworkModel::Virtio),
                         [](const auto& parameter) {
                             return parameter.param == NetworkModel::Virtio ? "Virtio" : "E1000e";
                         });

} // namespace
