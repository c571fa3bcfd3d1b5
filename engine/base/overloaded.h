// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace engine {

/// Joins lambdas into one visitor for std::visit.
template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};

} // namespace engine
