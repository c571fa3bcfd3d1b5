// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace engine {

/// The life of a virtual machine:
///
///     Created --> Running <--> Paused
///        |           |           |
///        +-----------+-----------+--> Stopped (powered off, or asked to)
///                                 \-> Failed  (the engine or the host cannot go on)
enum class VmState : std::uint8_t { Created, Running, Paused, Stopped, Failed };

/// The only legal moves. Anything else is a bug in the caller, not in the guest. A reset is not a
/// move: a running machine stays Running, a paused one Paused.
[[nodiscard]] constexpr bool canTransition(VmState from, VmState to)
{
    using enum VmState;
    switch (from) {
    case Created:
    case Running: return to == Paused || to == Stopped || to == Failed || (from == Created && to == Running);
    case Paused: return to == Running || to == Stopped || to == Failed;
    case Stopped:
    case Failed: return false;
    }
    std::unreachable();
}
static_assert(canTransition(VmState::Created, VmState::Running));
static_assert(canTransition(VmState::Running, VmState::Paused));
static_assert(!canTransition(VmState::Running, VmState::Running));
static_assert(!canTransition(VmState::Stopped, VmState::Running));

[[nodiscard]] constexpr std::string_view toString(VmState state)
{
    using enum VmState;
    switch (state) {
    case Created: return "created";
    case Running: return "running";
    case Paused: return "paused";
    case Stopped: return "stopped";
    case Failed: return "failed";
    }
    std::unreachable();
}

} // namespace engine
