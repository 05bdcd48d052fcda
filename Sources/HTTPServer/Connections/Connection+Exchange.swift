internal import HTTPTypes

extension Connection {
    /// Starts to answer a request whose head is whole.
    func begin(_ head: RequestHead) {
        phase = .exchange
        exchangeCount += 1
        let requestID = RequestID.of(head.headerFields)
        switch resolve(head) {
        case .route(let route, let parameters):
            open(head, requestID: requestID, maximumBytes: route.maximumBodyBytes)
            exchange?.isProbe = route.isServedAtCapacity
            let request = request(head, requestID: requestID, parameters: parameters)
            let id = exchangeCount
            // Not a child of any task: it lives as long as this exchange, which cancels it.
            exchange?.task = Task { @concurrent in await self.serve(request, by: route, exchange: id) }
        case .options(let allow):
            open(head, requestID: requestID, maximumBytes: .max)
            answer(ServerResponse(status: .noContent, headerFields: [.allow: allow.joined(separator: ", ")]))
        case .rejected(let rejection):
            open(head, requestID: requestID, maximumBytes: .max)
            if !rejection.keepsConnection { exchange?.failure = rejection }
            answer(rejection.response)
        }
    }

    private func resolve(_ head: RequestHead) -> Router.Resolution {
        let resolution = service.router.resolve(head), isKnown = service.answers(to: head)
        guard case .route(let route, _) = resolution else {
            return isReserved ? .rejected(.atCapacity) : isKnown ? resolution : .rejected(.misdirected)
        }
        if !isKnown, !route.isServedAtCapacity { return .rejected(.misdirected) }
        if isReserved, !route.isServedAtCapacity { return .rejected(.atCapacity) }
        if case .sized(let length) = head.framing, length > route.maximumBodyBytes {
            return .rejected(.bodyTooLarge(limit: route.maximumBodyBytes))
        }
        return resolution
    }

    private func open(_ head: RequestHead, requestID: String, maximumBytes: Int) {
        exchange = Exchange(
            id: exchangeCount, head: head, requestID: requestID,
            body: BodyDecoder(head.framing, limits: service.limits, maximumBytes: maximumBytes),
            expectsContinue: head.expectsContinue && head.framing != .none)
    }

    private func request(_ head: RequestHead, requestID: String, parameters: [String: String]) -> ServerRequest {
        let length: Int? =
            switch head.framing {
            case .none: 0
            case .sized(let length): length
            case .chunked: nil
            }
        return ServerRequest(
            method: head.method, path: head.path, pathSegments: head.segments, pathParameters: parameters,
            query: head.query.map { ($0.name, $0.value) }, headerFields: head.headerFields, requestID: requestID,
            body: RequestBody(connection: self, exchange: exchangeCount, declaredLength: length),
            remoteAddress: remoteAddress)
    }

    /// The server's own answer to the request in progress.
    private func answer(_ response: ServerResponse) {
        let id = exchangeCount
        exchange?.task = Task { _ = await self.respond(with: response, exchange: id) }
    }

    /// Runs a handler and sends what it returns or throws.
    nonisolated private func serve(_ request: ServerRequest, by route: Route, exchange id: Int) async {
        do {
            let response = try await route.handler(request)
            guard await respond(with: response, exchange: id), case .stream(let pieces) = response.body else { return }
            for try await piece in pieces { try await write(piece, exchange: id) }
            await finishStream(exchange: id)
        } catch {
            await fail(error, exchange: id)
        }
    }

    /// Turns what a handler threw into an answer; after the head of one has been sent, only closing tells the client.
    private func fail(_ error: any Error, exchange id: Int) async {
        guard let current = exchange, current.id == id else { return }
        if current.responded {
            service.log.write(
                .error, "response aborted", ["request_id": "\(current.requestID)", "error": "\(error)"])
            socket?.resetOnClose()
            return close()
        }
        switch error {
        case let error as any HTTPResponseError:
            if let entry = error.logEntry {
                service.log.write(
                    .error, "request failed", ["request_id": "\(current.requestID)", "error": "\(entry)"])
            }
            _ = await respond(with: error.response, exchange: id)
        case is CancellationError:
            // The client is still there, so the work was given up for another reason.
            _ = await respond(with: Rejection.interrupted.response, exchange: id)
        default:
            service.log.write(
                .error, "handler failed", ["request_id": "\(current.requestID)", "error": "\(error)"])
            _ = await respond(with: Rejection.internalError.response, exchange: id)
        }
    }
}
