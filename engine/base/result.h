// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace engine {

/// The kinds of failure that a caller may want to tell apart. The user interface turns the code
/// (and the errno) into a translated sentence; `Error::detail` is English, for the log and the
/// command line.
enum class ErrorCode {
    System,          ///< a system call failed; see Error::osErrno
    InvalidArgument, ///< the caller's or the user's value is not usable
    OutOfBounds,     ///< an address or index outside of what exists
    Overlap,         ///< two things claim the same place
    NotFound,        ///< a file, a package or an object is missing
    InvalidState,    ///< not possible in the present state
    Unsupported,     ///< well-formed, but not something we can do
    Corrupt,         ///< data from a file, peer or guest contradicts itself
    NoSpace,         ///< the host's storage is full
    Busy,            ///< in use by somebody else
    Denied,          ///< the host refuses access
    Cancelled,       ///< the user or a shutdown asked to stop
};

/// The code as one lower-case word ("corrupt"), for logs and machine-readable output.
[[nodiscard]] constexpr std::string_view toString(ErrorCode code)
{
    using enum ErrorCode;
    switch (code) {
    case System: return "system";
    case InvalidArgument: return "invalid-argument";
    case OutOfBounds: return "out-of-bounds";
    case Overlap: return "overlap";
    case NotFound: return "not-found";
    case InvalidState: return "invalid-state";
    case Unsupported: return "unsupported";
    case Corrupt: return "corrupt";
    case NoSpace: return "no-space";
    case Busy: return "busy";
    case Denied: return "denied";
    case Cancelled: return "cancelled";
    }
    return "unknown";
}

/// What went wrong: `code` and `osErrno` for decisions, `detail` for people (one sentence that
/// names the cause and, where there is one, the next step), `where` for the log.
struct Error {
    ErrorCode code{};
    int osErrno = 0;
    std::string detail;
    std::source_location where;

    /// A failed system call. Common errno values map to their own code.
    [[nodiscard]] static Error system(std::string_view what, int err = errno,
                                      std::source_location at = std::source_location::current());
    /// The detail, with the operating system's words for `osErrno` where there is one.
    [[nodiscard]] std::string message() const;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail = {},
                                                 std::source_location at = std::source_location::current())
{
    return std::unexpected(Error{code, 0, std::move(detail), at});
}

/// The failure of the system call that has just returned (reads errno).
[[nodiscard]] inline std::unexpected<Error>
failSystem(std::string_view what, int err = errno, std::source_location at = std::source_location::current())
{
    return std::unexpected(Error::system(what, err, at));
}

} // namespace engine

// Unwraps a Result or returns its error from the calling function. Not inside a coroutine: write
// the two lines there.
#define VM_TRY(expr)                                                                                         \
    __extension__({                                                                                          \
        auto vmTryResult = (expr);                                                                           \
        if (!vmTryResult) [[unlikely]]                                                                       \
            return std::unexpected(std::move(vmTryResult).error());                                          \
        *std::move(vmTryResult);                                                                             \
    })
