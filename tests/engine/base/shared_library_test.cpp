// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/shared_library.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace engine {
namespace {

TEST(SharedLibrary, FunctionsOfALoadedLibraryCanBeCalled)
{
    const auto library = SharedLibrary::load("libm.so.6", "sums");
    ASSERT_TRUE(library) << library.error().message();
    double (*sine)(double) = nullptr;
    ASSERT_TRUE(library->bind(sine, "sin"));
    EXPECT_DOUBLE_EQ(sine(std::numbers::pi / 2), 1.0);
}

TEST(SharedLibrary, WhatIsMissingIsNamed)
{
    const auto absent = SharedLibrary::load("libthere-is-no-such-thing.so.1", "tests");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::NotFound);
    EXPECT_NE(absent.error().detail.find("libthere-is-no-such-thing.so.1 is needed for tests"),
              std::string::npos);

    const auto library = SharedLibrary::load("libm.so.6", "sums");
    ASSERT_TRUE(library);
    void (*function)() = nullptr;
    const auto bound = library->bind(function, "no_such_function");
    ASSERT_FALSE(bound);
    EXPECT_NE(bound.error().detail.find("no_such_function"), std::string::npos);
    EXPECT_EQ(function, nullptr);
}

} // namespace
} // namespace engine
