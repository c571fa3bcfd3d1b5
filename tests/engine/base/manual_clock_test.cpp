// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, MovesOnlyForwardsAndTakesWallTimeAlong)
{
    constexpr auto Start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    ManualClock clock(Start);
    EXPECT_EQ(clock.now(), 0ns);
    EXPECT_EQ(clock.wallTime(), Start);
    clock.advance(90s);
    EXPECT_EQ(clock.wallTime(), Start + 90s);
    clock.advanceTo(10s);
    EXPECT_EQ(clock.now(), 90s);
}

TEST(ManualClock, TimersFireAtTheirOwnTimeInOrder)
{
    ManualClock clock;
    std::vector<std::pair<int, std::chrono::nanoseconds>> fired;
    const auto first = clock.createTimer([&] { fired.emplace_back(1, clock.now()); });
    const auto second = clock.createTimer([&] { fired.emplace_back(2, clock.now()); });
    first->arm(20ns);
    second->arm(10ns);
    EXPECT_EQ(clock.nextDeadline(), 10ns);
    clock.advance(15ns);
    EXPECT_EQ(fired.size(), 1U);
    clock.advance(100ns);
    EXPECT_EQ(fired, (std::vector<std::pair<int, std::chrono::nanoseconds>>{{2, 10ns}, {1, 20ns}}));
    EXPECT_FALSE(clock.nextDeadline());
}

TEST(ManualClock, ATimerMayArmItselfAgain)
{
    ManualClock clock;
    int count = 0;
    std::unique_ptr<Timer> timer;
    timer = clock.createTimer([&] {
        ++count;
        timer->arm(clock.now() + 10ns);
    });
    timer->arm(10ns);
    clock.advance(35ns);
    EXPECT_EQ(count, 3);
    timer->cancel();
    clock.advance(100ns);
    EXPECT_EQ(count, 3);
}

TEST(ManualClock, RearmedAndDestroyedTimers)
{
    ManualClock clock;
    int count = 0;
    auto timer = clock.createTimer([&] { ++count; });
    timer->arm(10ns);
    timer->arm(50ns);
    clock.advance(20ns);
    EXPECT_EQ(count, 0) << "the later deadline replaced the earlier one";
    timer->arm(5ns); // passed: fires with the next movement
    clock.advance(0ns);
    EXPECT_EQ(count, 1);
    timer->arm(60ns);
    timer.reset();
    clock.advance(100ns);
    EXPECT_EQ(count, 1);
}

} // namespace
} // namespace engine
