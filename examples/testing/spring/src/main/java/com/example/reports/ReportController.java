package com.example.reports;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The client is let in by the 201; the report is made after it. */
@RestController
public class ReportController {
    private final Reports reports;

    ReportController(Reports reports) {
        this.reports = reports;
    }

    @PostMapping("/api/reports/create")
    @ResponseStatus(HttpStatus.CREATED)
    public void create(@RequestBody Order order) {
        reports.make(order);
    }
}
