// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/support/fake_guest.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

using namespace Qt::StringLiterals;

FakeGuest::FakeGuest(const QString& runtimeRoot, const QString& id, const QString& name, QObject* parent)
    : QObject(parent), m_folder(runtimeRoot + u'/' + id), m_id(id), m_name(name)
{
    QDir().mkpath(m_folder);
    QFile file(m_folder + "/guest.json"_L1);
    if (file.open(QIODevice::WriteOnly))
        file.write(QJsonDocument({{"id"_L1, id}, {"name"_L1, name}}).toJson());
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket* client = m_server.nextPendingConnection()) {
            m_clients << client;
            connect(client, &QLocalSocket::readyRead, this, [this, client] {
                while (client->canReadLine())
                    onLine(client, client->readLine());
            });
        }
    });
    m_server.listen(m_folder + "/control.sock"_L1);
}

FakeGuest::~FakeGuest()
{
    disconnect();
    stop();
}

void FakeGuest::setState(const QString& state)
{
    m_state = state;
    sendEvent({{"event"_L1, u"state"_s}, {"state"_L1, state}});
}

void FakeGuest::sendEvent(const QJsonObject& event)
{
    sendRaw(QJsonDocument(event).toJson(QJsonDocument::Compact) + '\n');
}

void FakeGuest::sendRaw(const QByteArray& bytes)
{
    for (const auto& client : m_clients) {
        if (client)
            client->write(bytes);
    }
}

void FakeGuest::stop()
{
    if (!m_server.isListening())
        return;
    m_server.close();
    for (const auto& client : m_clients) {
        if (client)
            client->disconnectFromServer();
    }
    QDir(m_folder).removeRecursively();
    emit stopped();
}

void FakeGuest::onLine(QLocalSocket* client, const QByteArray& line)
{
    lastRequest = QJsonDocument::fromJson(line).object();
    const QString verb = lastRequest.value("verb"_L1).toString();
    requests << verb;
    latest.insert(verb, lastRequest);
    if (!answers)
        return;
    QJsonObject answer = prepared.contains(verb) ? prepared.value(verb) : answerTo(verb);
    answer.insert("id"_L1, lastRequest.value("id"_L1));
    client->write(QJsonDocument(answer).toJson(QJsonDocument::Compact) + '\n');
}

QJsonObject FakeGuest::answerTo(const QString& verb)
{
    QJsonObject answer{{"ok"_L1, true}};
    if (verb == "status"_L1) {
        m_cpuSeconds += 0.25;
        answer = {{"ok"_L1, true},
                  {"state"_L1, m_state},
                  {"name"_L1, m_name},
                  {"guestId"_L1, m_id},
                  {"cpus"_L1, 2},
                  {"memoryBytes"_L1, 1073741824.0},
                  {"uptimeSeconds"_L1, 12},
                  {"display"_L1, QJsonObject{{"width"_L1, 720}, {"height"_L1, 400}, {"mode"_L1, u"text"_s}}},
                  {"statistics"_L1, QJsonObject{{"cpuSeconds"_L1, m_cpuSeconds},
                                                {"memoryTouchedBytes"_L1, 4e8},
                                                {"diskReadBytes"_L1, m_cpuSeconds * 1e7},
                                                {"networkReceivedBytes"_L1, m_cpuSeconds * 1e5}}}};
        for (auto extra = extraStatus.begin(); extra != extraStatus.end(); ++extra)
            answer.insert(extra.key(), extra.value());
    } else if (verb == "pause"_L1 || verb == "resume"_L1) {
        setState(verb == "pause"_L1 ? u"paused"_s : u"running"_s);
    } else if (verb == "kill"_L1 || (verb == "shutdown"_L1 && obeysShutdown)) {
        setState(u"stopped"_s);
        QTimer::singleShot(10, this, &FakeGuest::stop);
    } else if (verb == "nonsense"_L1) {
        answer = {
            {"ok"_L1, false},
            {"error"_L1, QJsonObject{{"code"_L1, u"unsupported"_s}, {"message"_L1, u"No such verb."_s}}}};
    } else if (verb == "log"_L1) {
        answer.insert("entries"_L1, QJsonArray{QJsonObject{{"time"_L1, 1700000000.5},
                                                           {"level"_L1, u"info"_s},
                                                           {"component"_L1, u"vm"_s},
                                                           {"text"_L1, u"started"_s}}});
    } else if (verb == "timeline"_L1) {
        answer.insert("events"_L1, QJsonArray{QJsonObject{{"milliseconds"_L1, 120},
                                                          {"name"_L1, u"firmware-started"_s},
                                                          {"detail"_L1, u"SeaBIOS"_s}}});
    }
    return answer;
}
