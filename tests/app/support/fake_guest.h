// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>
#include <QPointer>
#include <QStringList>

/// Stands in for a running guest: its runtime folder with guest.json and a control socket that speaks
/// docs/control-protocol.md. Obeys pause, resume, reset, shutdown and kill; notes everything it is asked.
class FakeGuest final : public QObject {
    Q_OBJECT
public:
    FakeGuest(const QString& runtimeRoot, const QString& id, const QString& name, QObject* parent = nullptr);
    ~FakeGuest() override;

    void setState(const QString& state);
    void sendEvent(const QJsonObject& event);
    void sendRaw(const QByteArray& bytes);
    /// As when its process ends.
    void stop();

    QStringList requests; ///< verbs, in order
    QJsonObject lastRequest;
    QJsonObject extraStatus;              ///< merged into the answer to `status`
    QHash<QString, QJsonObject> prepared; ///< by verb: what to answer instead of plain success
    QHash<QString, QJsonObject> latest;   ///< by verb: what was asked last
    bool obeysShutdown = true;
    bool answers = true;

signals:
    void stopped();

private:
    void onLine(QLocalSocket* client, const QByteArray& line);
    QJsonObject answerTo(const QString& verb);

    QString m_folder;
    QString m_id;
    QString m_name;
    QString m_state = QStringLiteral("running");
    double m_cpuSeconds = 0;
    QLocalServer m_server;
    QList<QPointer<QLocalSocket>> m_clients;
};
