// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vm/vm_config.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace app {

/// Reads members of one JSON object. The first thing that is wrong is remembered with its path and
/// later reads do nothing, so that the code that uses it stays a list of members.
class JsonReader {
public:
    JsonReader(const nlohmann::json& object, std::string path, std::string& problem)
        : m_object(object), m_path(std::move(path)), m_problem(problem)
    {
        if (!object.is_object())
            refuse("", "must be an object");
    }

    void read(const char* key, std::string& value);
    void read(const char* key, bool& value);

    template <class Integer>
        requires std::is_integral_v<Integer>
    void read(const char* key, Integer& value)
    {
        const nlohmann::json* member = find(key);
        if (!member)
            return;
        if (member->is_number_unsigned() && std::in_range<Integer>(member->get<std::uint64_t>()))
            value = static_cast<Integer>(member->get<std::uint64_t>());
        else if (member->is_number_integer() && std::in_range<Integer>(member->get<std::int64_t>()))
            value = static_cast<Integer>(member->get<std::int64_t>());
        else
            refuse(key, "must be a whole number in range");
    }

    /// An enumerator by its name in `names` (pairs of value and text).
    template <class Enum, class Names>
    void readName(const char* key, Enum& value, const Names& names)
    {
        std::string text;
        read(key, text);
        if (text.empty())
            return;
        for (const auto& [enumerator, name] : names) {
            if (name == text) {
                value = enumerator;
                return;
            }
        }
        refuse(key, "has an unknown value");
    }

    /// Calls `readElement(JsonReader&)` for each object of an array.
    template <class ReadElement>
    void readArray(const char* key, ReadElement&& readElement)
    {
        const nlohmann::json* member = find(key);
        if (!member)
            return;
        if (!member->is_array() || member->size() > MostElements)
            return refuse(key, "must be a short array");
        for (std::size_t i = 0; i < member->size() && m_problem.empty(); ++i) {
            JsonReader element((*member)[i], pathOf(key) + "[" + std::to_string(i) + "]", m_problem);
            readElement(element);
        }
    }

    template <class ReadObject>
    void readObject(const char* key, ReadObject&& readMembers)
    {
        if (const nlohmann::json* member = find(key)) {
            JsonReader inner(*member, pathOf(key), m_problem);
            readMembers(inner);
        }
    }

    [[nodiscard]] const nlohmann::json* find(const char* key) const;
    void refuse(const std::string& key, std::string_view why);

private:
    static constexpr std::size_t MostElements = 256;
    [[nodiscard]] std::string pathOf(const std::string& key) const;

    const nlohmann::json& m_object;
    std::string m_path;
    std::string& m_problem;
};

[[nodiscard]] nlohmann::json configToJson(const engine::VmConfig& config);
void readConfig(JsonReader& reader, engine::VmConfig& config);

} // namespace app
