package com.example.reports;

import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableAsync;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;

/** The guide's backend: $connect calls it, it answers 201 and pushes a report's progress and link. */
@EnableAsync
@SpringBootApplication
public class ReportsApplication {
    public static void main(String[] args) {
        SpringApplication.run(ReportsApplication.class, args);
    }

    @Bean
    ApiGatewayManagementApiClient connections(@Value("${websocket.endpoint}") URI endpoint, @Value("${websocket.region}") String region) {
        return ApiGatewayManagementApiClient.builder().endpointOverride(endpoint).region(Region.of(region)).build();
    }
}
