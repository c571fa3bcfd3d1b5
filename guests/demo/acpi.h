// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace demo {

struct Processor {
    std::uint32_t apicId;
    bool isEnabled;
};
constexpr unsigned MostProcessors = 64;

/// Reads the firmware's tables. Once, at the start.
void readAcpi();
[[nodiscard]] unsigned processorCount(); ///< those that can be used; 1 without tables
[[nodiscard]] unsigned processorEntries();
[[nodiscard]] const Processor& processor(unsigned index);
/// Whether somebody has pressed it since the last question.
[[nodiscard]] bool powerButtonPressed();
/// False when the tables do not say how.
[[nodiscard]] bool switchOff();
void restart();

} // namespace demo
