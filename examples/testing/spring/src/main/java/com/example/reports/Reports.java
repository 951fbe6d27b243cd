package com.example.reports;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Service;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;

/** Makes reports and tells the clients that wait for them. */
@Service
public class Reports {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

    private final ApiGatewayManagementApiClient connections;

    Reports(ApiGatewayManagementApiClient connections) {
        this.connections = connections;
    }

    @Async
    public void make(Order order) {
        try {
            push(order.connectionId(), "{\"status\":\"progress\",\"percent\":50}", 6);
            // Make the report here.
            String file = URLEncoder.encode(order.type(), StandardCharsets.UTF_8);
            push(order.connectionId(), "{\"status\":\"done\",\"url\":\"https://files.example.com/" + file + ".xlsx\"}", 1);
            LOG.info("pushed {} to {}", order.type(), order.connectionId());
        } catch (GoneException e) {
            LOG.info("gone: {} has closed; the report of {} is dropped", order.connectionId(), order.type());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends one message. On AWS a connection takes messages only after $connect was answered:
     * until then a push fails with GoneException, so the first one is tried for a second.
     */
    private void push(String connectionId, String json, int tries) throws InterruptedException {
        while (true) {
            try {
                connections.postToConnection(r -> r.connectionId(connectionId).data(SdkBytes.fromUtf8String(json)));
                return;
            } catch (GoneException e) {
                if (--tries <= 0) {
                    throw e;
                }
                Thread.sleep(200);
            }
        }
    }
}
