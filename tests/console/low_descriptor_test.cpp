// SPDX-License-Identifier: GPL-3.0-or-later
// libvncclient waits with select(): a descriptor above 1023 would abort the process.
#include "console/view_fixture.h"
#include "rfb/low_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace console::test {
namespace {

class TwoThousandFiles : public ViewFixture {
protected:
    void SetUp() override
    {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_cur < 2200)
            GTEST_SKIP() << "this account may not open 2,200 descriptors";
        for (int i = 0; i < 2000; ++i)
            m_files.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    std::vector<OwnedFd> m_files;
};

TEST_F(TwoThousandFiles, TheScreenShowsAllTheSame)
{
    // More connections than numbers were set aside: each gives its number back.
    for (int i = 0; i < LowDescriptors::Reserved + 4; ++i) {
        connectView();
        m_screen.fill({.x = 0, .y = 0, .width = 640, .height = 400},
                      static_cast<std::uint32_t>(0x100000 + i));
        ASSERT_TRUE(waitUntil([&] {
            return m_view.screenshot().pixel(9, 9) == 0xff100000U + static_cast<std::uint32_t>(i);
        })) << i;
    }
}

TEST_F(TwoThousandFiles, WithoutANumberTheConnectionSaysSo)
{
    std::vector<OwnedFd> taken;
    for (int i = 0; i < 3 * LowDescriptors::Reserved; ++i)
        if (auto low = LowDescriptors::lower(OwnedFd(::open("/dev/null", O_RDONLY | O_CLOEXEC))))
            taken.push_back(std::move(*low));
    std::optional<CloseReason> closed;
    QObject::connect(&m_view.client(), &RfbClient::closed, [&](CloseReason reason) { closed = reason; });
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    m_server->adopt(engine::UniqueFd(pair[0]));
    m_view.client().openSocket(pair[1]);
    ASSERT_TRUE(waitUntil([&] { return closed.has_value(); }));
    EXPECT_EQ(closed, CloseReason::NoDescriptor);
    taken.clear();
    m_files.clear();
    LowDescriptors::refill();
}

} // namespace
} // namespace console::test
