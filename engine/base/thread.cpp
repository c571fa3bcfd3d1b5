// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/thread.h"

#include <pthread.h>

#include <string>

namespace engine {

void setThreadName(std::string_view name)
{
    constexpr std::size_t KernelLimit = 15;
    ::pthread_setname_np(::pthread_self(), std::string(name.substr(0, KernelLimit)).c_str());
}

} // namespace engine
