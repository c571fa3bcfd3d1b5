// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/forward_address.h"

#include <gtest/gtest.h>

namespace {

using engine::ErrorCode;
using engine::PortForward;
using namespace engine::net;

TEST(PortForwardText, IsReadAndWritten)
{
    for (const char* text : {"tcp:2222:22", "udp:5353:53", "tcp:0.0.0.0:8080:80", "tcp:8080:10.0.2.20:80",
                             "tcp:[::1]:8080:[fec0::15]:80"}) {
        const auto rule = parseForward(text);
        ASSERT_TRUE(rule) << text;
        EXPECT_EQ(describe(*rule), text);
    }
    EXPECT_EQ(parseForward("udp:1:2"), (PortForward{.udp = true, .hostPort = 1, .guestPort = 2}));
}

TEST(PortForwardText, RefusesWhatMakesNoSense)
{
    for (const char* text : {"", "tcp", "tcp:1", "icmp:1:2", "tcp:0:22", "tcp:70000:22", "tcp:22:0",
                             "tcp:a:1:2", "tcp:1:2:3:4:5", "tcp:::", "tcp:[::1]:80:80", "tcp:1:fec0::1:3"})
        EXPECT_FALSE(parseForward(text)) << text;
}

TEST(PortForwardErrors, SayWhichPortAndWhatToDo)
{
    const PortForward rule{.hostPort = 80, .guestPort = 80};
    const auto busy = explainBindFailure(rule, EADDRINUSE);
    EXPECT_EQ(busy.code, ErrorCode::Busy);
    EXPECT_NE(busy.detail.find("TCP port 80 on 127.0.0.1 is in use"), std::string::npos);
    const auto denied = explainBindFailure(rule, EACCES);
    EXPECT_EQ(denied.code, ErrorCode::Denied);
    EXPECT_NE(denied.detail.find("8080"), std::string::npos);
}

} // namespace
