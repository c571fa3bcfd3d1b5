// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/io_engine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace engine::block {

namespace {

std::int64_t call(const IoOperation& operation)
{
    const auto offset = static_cast<off_t>(operation.offset);
    const int count = static_cast<int>(operation.vectorCount);
    switch (operation.kind) {
    case IoKind::Read: return ::preadv(operation.fd, operation.vectors, count, offset);
    case IoKind::Write: return ::pwritev(operation.fd, operation.vectors, count, offset);
    case IoKind::SyncData: return ::fdatasync(operation.fd);
    case IoKind::Allocate:
        return ::fallocate(operation.fd, operation.mode, offset, static_cast<off_t>(operation.length));
    }
    return -1;
}

class BlockingEngine final : public IoEngine {
public:
    bool submit(IoOperation& operation) override
    {
        operation.result = performNow(operation);
        return true;
    }
    void cancelAll() override {}
    void drain() override {}
    [[nodiscard]] unsigned inFlight() const override { return 0; }
    [[nodiscard]] const char* name() const override { return "blocking"; }
};

} // namespace

std::int64_t performNow(const IoOperation& operation)
{
    for (;;) {
        const std::int64_t result = call(operation);
        if (result >= 0)
            return result;
        if (errno != EINTR)
            return -errno;
    }
}

std::unique_ptr<IoEngine> createBlockingEngine()
{
    return std::make_unique<BlockingEngine>();
}

} // namespace engine::block
