// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/io_engine.h"

#include "block/thread_pool_engine.h"
#include "block/uring_engine.h"

namespace engine::block {

Result<std::unique_ptr<IoEngine>> createIoEngine(EventLoop& loop, IoEngineChoice choice)
{
    if (choice != IoEngineChoice::Threads) {
        auto uring = UringEngine::create(loop);
        if (uring)
            return std::move(*uring);
        if (choice == IoEngineChoice::Uring)
            return std::unexpected(std::move(uring).error());
    }
    return VM_TRY(ThreadPoolEngine::create(loop));
}

} // namespace engine::block
