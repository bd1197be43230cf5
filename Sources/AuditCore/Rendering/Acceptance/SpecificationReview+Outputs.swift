extension SpecificationReview {
    mutating func reviewOutputs(_ outputs: [AuditPolicy.Output], identity: AuditPolicy.Agent.Identity, options: AgentOptions) {
        if outputs.isEmpty { refuse("spec.outputs", "is empty; records must go somewhere") }
        var names: Set<String> = []
        for (index, output) in outputs.enumerated() {
            let path = "spec.outputs[\(index)]"
            reviewEntryName(output.name, path: path, known: &names)
            if !(0...1000).contains(output.retryLimit) { refuse("\(path).retryLimit", "is not from 0 to 1000") }
            switch output.type {
            case .cloudLogging:
                guard let settings = output.cloudLogging else { refuse(path, "the type CloudLogging needs cloudLogging"); continue }
                reviewCloudLogging(settings, path: "\(path).cloudLogging", options: options)
            case .forward:
                guard let settings = output.forward else { refuse(path, "the type Forward needs forward"); continue }
                reviewForward(settings, path: "\(path).forward", identity: identity)
            case .http:
                guard let settings = output.http else { refuse(path, "the type HTTP needs http"); continue }
                reviewHTTP(settings, path: "\(path).http", identity: identity)
            case .stdout:
                if output.stdout == nil { refuse(path, "the type Stdout needs stdout") }
            }
        }
    }

    private mutating func reviewCloudLogging(_ settings: AuditPolicy.CloudLogging, path: String, options: AgentOptions) {
        if !settings.logName.isLogName { refuse("\(path).logName", "may have letters, digits, hyphens, underscores, dots and slashes") }
        for (name, value, fallback, flag) in [
            ("clusterName", settings.clusterName, options.clusterName, "--cluster-name"),
            ("clusterLocation", settings.clusterLocation, options.clusterLocation, "--cluster-location"),
        ] {
            let text = value ?? fallback
            if text.isEmpty {
                warn(
                    "\(path).\(name)",
                    "is not known; records will say \"\(AgentOptions.unknown)\": set it here or start the operator with \(flag)")
            } else {
                reviewText(text, "\(path).\(name)")
            }
        }
        if let project = settings.projectID {
            project.isEmpty ? refuse("\(path).projectID", "is empty") : reviewText(project, "\(path).projectID")
        }
    }

    private mutating func reviewForward(_ settings: AuditPolicy.Forward, path: String, identity: AuditPolicy.Agent.Identity) {
        reviewHost(settings.host, port: settings.port, path: path, identity: identity)
        reviewTLS(settings.tls, path: path)
        if let key = settings.sharedKey { reviewSecret(key, "\(path).sharedKey") }
        if settings.tls?.mode != .enabled { warn("\(path).tls", "is not enabled; the records travel unencrypted") }
    }

    private mutating func reviewHTTP(_ settings: AuditPolicy.HTTP, path: String, identity: AuditPolicy.Agent.Identity) {
        reviewHost(settings.host, port: settings.port, path: path, identity: identity)
        reviewTLS(settings.tls, path: path)
        if !settings.uri.hasPrefix("/") || settings.uri.contains(" ") { refuse("\(path).uri", "begins with a slash and has no blanks") }
        reviewText(settings.uri, "\(path).uri")
        for (index, header) in settings.headers.enumerated() { reviewHeader(header, "\(path).headers[\(index)]") }
        if let username = settings.username { reviewText(username, "\(path).username") }
        if (settings.username == nil) != (settings.password == nil) { refuse("\(path).username", "username and password go together") }
        if settings.password != nil, settings.bearerToken != nil {
            refuse("\(path).bearerToken", "bearerToken and password exclude each other")
        }
        if let password = settings.password { reviewSecret(password, "\(path).password") }
        if let token = settings.bearerToken { reviewSecret(token, "\(path).bearerToken") }
        if settings.tls?.mode != .enabled {
            let secret = settings.password != nil || settings.bearerToken != nil
            warn("\(path).tls", "is not enabled; the records \(secret ? "and the secret that goes with them " : "")travel unencrypted")
        }
    }

    private mutating func reviewHeader(_ header: AuditPolicy.HTTP.Header, _ path: String) {
        if !header.name.isHeaderName {
            refuse("\(path).name", "may have letters, digits and hyphens")
        } else if header.name.lowercased() == "authorization" {
            refuse("\(path).name", "would put a secret in plain sight; use bearerToken, or username and password")
        }
        // The collector parts name and value at blanks.
        if header.value.isEmpty || header.value.hasPrefix(" ") { refuse("\(path).value", "is empty or begins with a blank") }
        reviewText(header.value, "\(path).value")
    }

    private mutating func reviewHost(_ host: String, port: Int, path: String, identity: AuditPolicy.Agent.Identity) {
        if !(1...65_535).contains(port) { refuse("\(path).port", "is no port") }
        guard host.isHost else { return refuse("\(path).host", "is neither a host name nor an IP address") }
        if identity == .node, host.isClusterName {
            warn("\(path).host", "nodes do not know the names of Services; with spec.agent.identity WorkloadIdentity agents do")
        }
    }

    private mutating func reviewTLS(_ tls: AuditPolicy.TLS?, path: String) {
        guard let tls else { return }
        if let name = tls.serverName, !name.isHost { refuse("\(path).tls.serverName", "is no host name") }
        if (tls.clientCertificate == nil) != (tls.clientKey == nil) {
            refuse("\(path).tls.clientCertificate", "clientCertificate and clientKey go together")
        }
        for (name, secret) in [
            ("certificateAuthority", tls.certificateAuthority), ("clientCertificate", tls.clientCertificate), ("clientKey", tls.clientKey),
        ] {
            if let secret { reviewSecret(secret, "\(path).tls.\(name)") }
        }
        if tls.mode == .enabled, tls.insecureSkipVerify {
            warn("\(path).tls.insecureSkipVerify", "anybody between the nodes and the receiver can read and change the records")
        }
    }

    private mutating func reviewSecret(_ reference: AuditPolicy.SecretReference, _ path: String) {
        if !reference.secretRef.name.isLowercaseName { refuse("\(path).secretRef.name", "is no name of a Secret") }
        if !reference.secretRef.key.isSecretKey { refuse("\(path).secretRef.key", "is no key of a Secret") }
    }
}
