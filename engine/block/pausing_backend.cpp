// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/pausing_backend.h"

#include <utility>

namespace engine::block {

PausingBackend::PausingBackend(std::unique_ptr<BlockBackend> inner, std::function<void()> onNoSpace)
    : m_onNoSpace(std::move(onNoSpace)), m_alive(std::make_shared<PausingBackend*>(this)),
      m_inner(std::move(inner))
{}

PausingBackend::~PausingBackend()
{
    m_inner->loop().runAndWait([this] {
        m_alive.reset();
        m_isClosing = true;
        for (Request& request : std::exchange(m_held, {}))
            request.done(BlockStatus::Cancelled);
    });
}

void PausingBackend::read(std::uint64_t offset, IoVectors into, Completion done)
{
    m_inner->read(offset, std::move(into), std::move(done));
}

void PausingBackend::write(std::uint64_t offset, IoVectors from, Completion done)
{
    start({.kind = Kind::Write, .offset = offset, .from = std::move(from), .done = std::move(done)});
}

void PausingBackend::flush(Completion done)
{
    start({.kind = Kind::Flush, .from = {}, .done = std::move(done)});
}

void PausingBackend::discard(std::uint64_t offset, std::uint64_t length, Completion done)
{
    start({.kind = Kind::Discard, .offset = offset, .length = length, .from = {}, .done = std::move(done)});
}

void PausingBackend::writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap, Completion done)
{
    start({.kind = Kind::WriteZeroes,
           .offset = offset,
           .length = length,
           .mayUnmap = mayUnmap,
           .from = {},
           .done = std::move(done)});
}

void PausingBackend::start(Request request)
{
    auto kept = std::make_unique<Request>(std::move(request));
    Request& inFlight = *kept;
    forward(inFlight, [this, kept = std::move(kept)](BlockStatus status) mutable {
        if (status != BlockStatus::NoSpace || m_isClosing)
            return kept->done(status == BlockStatus::NoSpace ? BlockStatus::Cancelled : status);
        const bool isFirst = m_held.empty();
        m_held.push_back(std::move(*kept));
        if (isFirst && m_onNoSpace)
            m_onNoSpace();
    });
}

void PausingBackend::forward(Request& request, Completion done)
{
    switch (request.kind) {
    case Kind::Write: m_inner->write(request.offset, request.from, std::move(done)); break;
    case Kind::Flush: m_inner->flush(std::move(done)); break;
    case Kind::Discard: m_inner->discard(request.offset, request.length, std::move(done)); break;
    case Kind::WriteZeroes:
        m_inner->writeZeroes(request.offset, request.length, request.mayUnmap, std::move(done));
        break;
    }
}

void PausingBackend::resume()
{
    loop().post([alive = std::weak_ptr(m_alive)] {
        if (const auto self = alive.lock())
            (*self)->retry();
    });
}

void PausingBackend::retry()
{
    for (Request& request : std::exchange(m_held, {}))
        start(std::move(request));
}

} // namespace engine::block
