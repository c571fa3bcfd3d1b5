// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/os_database.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace app {

namespace {

/// Follows the path of open elements; text is collected and taken when an element ends.
class OsXmlReader {
public:
    explicit OsXmlReader(OsDatabase& database) : m_database(database) {}

    void begin(std::string_view name, const char** attributes)
    {
        m_path += '/';
        m_path += name;
        m_text.clear();
        m_isTranslation = !attributeOf(attributes, "xml:lang").empty();
        if (m_path == "/libosinfo/os") {
            m_os = {.id = std::string(attributeOf(attributes, "id"))};
            m_patterns.clear();
        } else if (m_path == "/libosinfo/os/resources") {
            const std::string_view arch = attributeOf(attributes, "arch");
            m_resourcesApply = arch == "all" || arch == "x86_64";
        } else if (m_path == "/libosinfo/os/media") {
            m_pattern = {};
            const std::string_view arch = attributeOf(attributes, "arch");
            m_pattern.forThisMachine = arch == "all" || arch == "x86_64" || arch == "i686" || arch == "i386";
        }
    }

    void text(std::string_view piece)
    {
        constexpr std::size_t LongestText = 4096;
        if (m_text.size() + piece.size() <= LongestText)
            m_text += piece;
    }

    void end(std::string_view name)
    {
        if (!m_isTranslation)
            take(m_path);
        m_isTranslation = false;
        if (m_path == "/libosinfo/os")
            finish();
        m_text.clear();
        m_path.resize(m_path.size() - std::min(m_path.size(), name.size() + 1));
    }

private:
    static std::string_view attributeOf(const char** attributes, std::string_view name)
    {
        for (; *attributes; attributes += 2) {
            if (name == attributes[0])
                return attributes[1];
        }
        return {};
    }

    /// "/libosinfo/os/..." without the first two names.
    void take(std::string_view path)
    {
        constexpr std::string_view Prefix = "/libosinfo/os/";
        if (!path.starts_with(Prefix))
            return;
        path.remove_prefix(Prefix.size());
        if (path == "short-id" && m_os.shortId.empty())
            m_os.shortId = m_text;
        else if (path == "name")
            m_os.name = m_text;
        else if (path == "family")
            m_os.family = m_text;
        else if (path.starts_with("resources/"))
            takeSize(path);
        else if (path.starts_with("media"))
            takeMedium(path);
    }

    void takeSize(std::string_view path)
    {
        if (!m_resourcesApply)
            return;
        OsSizes& sizes = path.starts_with("resources/minimum/") ? m_os.minimum : m_os.recommended;
        std::uint64_t number = 0;
        std::from_chars(m_text.data(), m_text.data() + m_text.size(), number);
        if (path.ends_with("/ram"))
            sizes.memoryBytes = number;
        else if (path.ends_with("/storage"))
            sizes.diskBytes = number;
        else if (path.ends_with("/n-cpus"))
            sizes.cpuCount = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, 255));
    }

    void takeMedium(std::string_view path)
    {
        if (path == "media/iso/volume-id")
            m_pattern.volumeId = m_text;
        else if (path == "media/iso/system-id")
            m_pattern.systemId = m_text;
        else if (path == "media/iso/publisher-id")
            m_pattern.publisherId = m_text;
        else if (path == "media/iso/application-id")
            m_pattern.applicationId = m_text;
        else if (path == "media" && !(m_pattern.volumeId + m_pattern.applicationId).empty())
            m_patterns.push_back(m_pattern);
    }

    void finish()
    {
        if (m_os.id.empty() || m_os.name.empty())
            return;
        const std::size_t index = m_database.addSystem(m_os);
        for (MediumPattern& pattern : m_patterns) {
            pattern.os = index;
            m_database.addPattern(std::move(pattern));
        }
        m_patterns.clear();
    }

    OsDatabase& m_database;
    std::string m_path;
    std::string m_text;
    OsInfo m_os;
    MediumPattern m_pattern;
    std::vector<MediumPattern> m_patterns;
    bool m_resourcesApply = false;
    bool m_isTranslation = false;
};

struct ParserDeleter {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

} // namespace

engine::Result<> readOsXml(std::string_view xml, OsDatabase& database)
{
    const std::unique_ptr<std::remove_pointer_t<XML_Parser>, ParserDeleter> parser(XML_ParserCreate(nullptr));
    OsXmlReader reader(database);
    XML_SetUserData(parser.get(), &reader);
    XML_SetElementHandler(
        parser.get(),
        [](void* self, const char* name, const char** attributes) {
            static_cast<OsXmlReader*>(self)->begin(name, attributes);
        },
        [](void* self, const char* name) { static_cast<OsXmlReader*>(self)->end(name); });
    XML_SetCharacterDataHandler(parser.get(), [](void* self, const char* text, int length) {
        static_cast<OsXmlReader*>(self)->text({text, static_cast<std::size_t>(length)});
    });
    if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), /*isFinal=*/1) != XML_STATUS_OK)
        return engine::fail(engine::ErrorCode::Corrupt, XML_ErrorString(XML_GetErrorCode(parser.get())));
    return {};
}

} // namespace app
