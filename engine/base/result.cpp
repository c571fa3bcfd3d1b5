// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <system_error>

namespace engine {

namespace {

ErrorCode codeForErrno(int err)
{
    switch (err) {
    case ENOENT: return ErrorCode::NotFound;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorCode::Denied;
    case ENOSPC:
    case EDQUOT: return ErrorCode::NoSpace;
    case EBUSY:
    case EADDRINUSE:
    case EWOULDBLOCK: return ErrorCode::Busy;
    case ECANCELED: return ErrorCode::Cancelled;
    default: return ErrorCode::System;
    }
}

} // namespace

Error Error::system(std::string_view what, int err, std::source_location at)
{
    return {codeForErrno(err), err, std::string(what), at};
}

std::string Error::message() const
{
    if (osErrno == 0)
        return detail.empty() ? std::string(toString(code)) : detail;
    const std::string words = std::generic_category().message(osErrno);
    return detail.empty() ? words : detail + ": " + words;
}

} // namespace engine
