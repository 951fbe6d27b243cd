package com.example.reports;

/** What the integration's template makes of $connect. */
public record Order(String connectionId, String type) {}
