/// `v1.Container`, the fields that the rendered pods use.
package struct Container: Sendable, Hashable, Codable {
    package var name: String
    package var image: String?
    package var imagePullPolicy: String?
    package var command: [String]?
    package var args: [String]?
    package var env: [EnvVar]?
    package var ports: [Port]?
    package var resources: Resources?
    package var volumeMounts: [VolumeMount]?
    package var securityContext: SecurityContext?
    package var livenessProbe: Probe?
    package var readinessProbe: Probe?
    package var startupProbe: Probe?
    package var terminationMessagePath: String?
    package var terminationMessagePolicy: String?

    package init(name: String, image: String?) {
        self.name = name
        self.image = image
    }

    package struct EnvVar: Sendable, Hashable, Codable {
        package var name: String
        package var value: String?
        package var valueFrom: Source?

        package init(_ name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// From a field of the pod, such as `spec.nodeName`.
        package init(_ name: String, fieldPath: String) {
            self.name = name
            self.valueFrom = Source(fieldRef: FieldRef(fieldPath: fieldPath))
        }

        package struct Source: Sendable, Hashable, Codable {
            package var fieldRef: FieldRef?
        }

        package struct FieldRef: Sendable, Hashable, Codable {
            package var apiVersion: String?
            package var fieldPath: String

            package init(fieldPath: String) { self.fieldPath = fieldPath }
        }
    }

    package struct Port: Sendable, Hashable, Codable {
        package var name: String?
        package var containerPort: Int
        package var hostPort: Int?
        package var `protocol`: String?

        package init(name: String? = nil, containerPort: Int, protocol: String? = nil) {
            self.name = name
            self.containerPort = containerPort
            self.protocol = `protocol`
        }
    }

    /// Quantities as Kubernetes writes them: `100m`, `200Mi`.
    package struct Resources: Sendable, Hashable, Codable {
        package var requests: [String: String]?
        package var limits: [String: String]?

        package init(requests: [String: String]? = nil, limits: [String: String]? = nil) {
            self.requests = requests
            self.limits = limits
        }
    }

    package struct VolumeMount: Sendable, Hashable, Codable {
        package var name: String
        package var mountPath: String
        package var subPath: String?
        package var readOnly: Bool?
        package var mountPropagation: String?

        package init(name: String, mountPath: String, readOnly: Bool? = nil, subPath: String? = nil) {
            self.name = name
            self.mountPath = mountPath
            self.readOnly = readOnly
            self.subPath = subPath
        }
    }

    package struct SecurityContext: Sendable, Hashable, Codable {
        package var privileged: Bool?
        package var allowPrivilegeEscalation: Bool?
        package var readOnlyRootFilesystem: Bool?
        package var runAsNonRoot: Bool?
        package var runAsUser: Int64?
        package var runAsGroup: Int64?
        package var capabilities: Capabilities?
        package var seccompProfile: SeccompProfile?

        package init() {}
    }

    package struct Capabilities: Sendable, Hashable, Codable {
        package var add: [String]?
        package var drop: [String]?

        package init(add: [String]? = nil, drop: [String]? = nil) {
            self.add = add
            self.drop = drop
        }
    }

    package struct Probe: Sendable, Hashable, Codable {
        package var httpGet: HTTPGet?
        package var initialDelaySeconds: Int?
        package var periodSeconds: Int?
        package var timeoutSeconds: Int?
        package var failureThreshold: Int?
        package var successThreshold: Int?

        package init(
            httpGet: HTTPGet?, initialDelaySeconds: Int? = nil, periodSeconds: Int? = nil, timeoutSeconds: Int? = nil,
            failureThreshold: Int? = nil
        ) {
            self.httpGet = httpGet
            self.initialDelaySeconds = initialDelaySeconds
            self.periodSeconds = periodSeconds
            self.timeoutSeconds = timeoutSeconds
            self.failureThreshold = failureThreshold
        }
    }

    package struct HTTPGet: Sendable, Hashable, Codable {
        package var path: String?
        package var port: IntOrString
        package var host: String?
        package var scheme: String?

        package init(path: String, port: IntOrString) {
            self.path = path
            self.port = port
        }
    }
}
