// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

namespace engine {
namespace {

TEST(Log, KeepsARepeatedTextThreeTimesAndSaysSo)
{
    Log log;
    for (int i = 0; i < 100; ++i)
        log.warning("device", "the same");
    const auto entries = log.entries();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].text, "the same");
    EXPECT_NE(entries[2].text.find("repeats"), std::string::npos);
    EXPECT_EQ(entries[0].level, LogLevel::Warning);
    log.warning("other", "the same");
    EXPECT_EQ(log.entries().size(), 4U) << "another component counts for itself";
}

TEST(Log, LimitsOneComponentAndLeavesTheOthers)
{
    Log log;
    for (int i = 0; i < 10'000; ++i)
        log.info("noisy", "text " + std::to_string(i));
    EXPECT_EQ(log.entries().size(), Log::ComponentLimit);
    log.error("calm", "heard");
    EXPECT_EQ(log.entries().back().text, "heard");
}

TEST(Log, TheRingHoldsTheLatest)
{
    Log log;
    for (int component = 0; component < 10; ++component)
        for (int i = 0; i < 150; ++i)
            log.info("component " + std::to_string(component), std::to_string(i));
    const auto entries = log.entries();
    EXPECT_EQ(entries.size(), Log::Capacity);
    EXPECT_EQ(entries.back().text, "149");
    EXPECT_EQ(entries.back().component, "component 9");
}

TEST(Log, ListenerHearsWhatIsKeptAndMayAskBack)
{
    Log log;
    unsigned heard = 0;
    log.setListener([&](const LogEntry&) {
        ++heard;
        (void)log.entries(); // no lock is held
    });
    for (int i = 0; i < 10; ++i)
        log.info("device", "again");
    EXPECT_EQ(heard, Log::RepeatLimit);
}

TEST(Log, ManyThreads)
{
    Log log;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&log, t] {
                for (int i = 0; i < 500; ++i)
                    log.info("thread " + std::to_string(t), std::to_string(i));
            });
    }
    EXPECT_EQ(log.entries().size(), 4 * Log::ComponentLimit);
}

} // namespace
} // namespace engine
