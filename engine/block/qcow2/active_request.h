// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/qcow2/qcow2_image.h"

namespace engine::block::qcow2 {

class Qcow2Image::ActiveRequest {
public:
    explicit ActiveRequest(Qcow2Image& image)
        : m_image(image), m_place(image.m_active.insert(image.m_active.end(), image.m_nextRequest++))
    {}
    ActiveRequest(const ActiveRequest&) = delete;
    ActiveRequest& operator=(const ActiveRequest&) = delete;
    ActiveRequest(ActiveRequest&&) = delete;
    ActiveRequest& operator=(ActiveRequest&&) = delete;
    ~ActiveRequest() { m_image.m_active.erase(m_place); }

private:
    Qcow2Image& m_image;
    std::list<std::uint64_t>::iterator m_place;
};

} // namespace engine::block::qcow2
